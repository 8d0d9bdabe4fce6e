"""The way from logs to the review: diagnose → patch → test → plan → (deploy) → review, each behind its gate.

Comes in: what is asked, and hands that ask, show and deploy. Goes out: how far it came. How far it is stands in the
incident folder alone, so that it may be cut off anywhere: a step whose documents are whole and whose inputs are still
the same is kept, and the first other one is where it goes on. What a step cannot do is its outcome, and the next one
that still means something follows.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hotfix.core.errors import HotfixError, InputError, UsageError
from hotfix.flow.contract import Listeners, Outcome, ReviewOptions, StepName, StepStatus
from hotfix.flow.diagnosing import diagnose_logs
from hotfix.flow.gates import Gate, find_obstacle, open_gate
from hotfix.flow.index import write_trail
from hotfix.flow.inputs import settle_inputs, take_inputs, take_log_inputs
from hotfix.flow.journal import keep_end, keep_order, read_progress
from hotfix.flow.left import read_outcome
from hotfix.flow.lock import hold_incident
from hotfix.flow.now import tell_time
from hotfix.flow.order import Order, go_on
from hotfix.flow.standing import find_kept, find_started, have_logs_changed
from hotfix.flow.steps import attempt, patch, plan, review, test
from hotfix.learn.state import State, read_state

_AFTER_DIAGNOSIS = (StepName.PATCH, StepName.TEST, StepName.PLAN, StepName.DEPLOY, StepName.REVIEW)
_ENDS = frozenset({StepStatus.DONE, StepStatus.REFUSED})


@dataclass(frozen=True, slots=True)
class Result:
    """One step of this run."""

    outcome: Outcome
    kept: bool = False  # it was done before, and holds


@dataclass(frozen=True, slots=True)
class Hands:
    """What the way needs of whoever goes it."""

    consent: Callable[[Gate], bool]  # whether a step is let through
    watch: Callable[[StepName, State | None], AbstractContextManager[Listeners]]  # shows a step and the clock
    show: Callable[[Result, State | None], None]  # a step came to its end; without a state there is no incident
    deploy: Callable[[Path, Order], Outcome] | None  # carries the rollout out; None: nobody told it to
    command: str  # as it was typed
    stdin: BinaryIO | None = None  # what "-" among the logs reads


@dataclass(frozen=True, slots=True)
class Ending:
    """How far the way came."""

    results: tuple[Result, ...]  # in order, of the steps that were come to
    folder: Path | None = None  # of the incident; None: the logs show none
    stopped: Gate | None = None  # that nobody let it through


def run_incident(order: Order, folder: Path | None, hands: Hands) -> Ending:
    """Go the way from the logs, or on from what lies in a folder.

    Args:
        order: what is asked now; what was asked before holds where it says nothing.
        folder: of an incident; None: that of the same logs, if somebody began with them, else a new one.
        hands: who asks, shows and deploys.

    Raises:
        AtWorkError: another run is at this incident.
        HotfixError: the logs cannot be read, or the folder cannot be written.
    """
    known = folder or find_started(order)
    if known is None:
        return _begin(order, hands)
    with hold_incident(known):
        return _Way(known, go_on(read_progress(known).order, order), hands).resume()


def _begin(order: Order, hands: Hands) -> Ending:
    """Diagnose, and go on in the folder of the incident that is found."""
    inputs = take_log_inputs(order)
    with hands.watch(StepName.DIAGNOSE, None) as listeners:
        found = diagnose_logs(order.to_diagnose(hands.command, hands.stdin), listeners)
    result = Result(found.outcome)
    if found.folder is None:
        hands.show(result, None)
        return Ending((result,))
    with hold_incident(found.folder):
        keep_order(found.folder, order, tell_time())
        keep_end(found.folder, StepName.DIAGNOSE, inputs, tell_time())
        return _Way(found.folder, order, hands).follow(result)


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of one incident, whose folder is held."""

    folder: Path
    order: Order
    hands: Hands

    def resume(self) -> Ending:
        """Go on from what lies in the folder; logs that have changed are read again where somebody lets them."""
        if self.order != read_progress(self.folder).order:
            keep_order(self.folder, self.order, tell_time())
        gate = open_gate(StepName.DIAGNOSE, self.folder, self.order)
        if self._ask_for_new_logs() and self.hands.consent(gate):
            return self._diagnose_again()
        outcome = read_outcome(StepName.DIAGNOSE, self.folder)
        if outcome is None:
            raise InputError(f"expected a diagnosis in {self.folder}, found none; run hotfix analyze")
        return self.follow(Result(outcome, kept=True))

    def _ask_for_new_logs(self) -> bool:
        try:
            return have_logs_changed(self.order, read_progress(self.folder))
        except InputError:  # they are gone: the diagnosis is what is left of them
            return False

    def _diagnose_again(self) -> Ending:
        """Read the logs again; what they show now may be another incident, in a folder of its own."""
        inputs, known = take_log_inputs(self.order), self.folder
        with self.hands.watch(StepName.DIAGNOSE, self._read_state()) as listeners:
            found = diagnose_logs(self.order.to_diagnose(self.hands.command, None), listeners)
        result = Result(found.outcome)
        if found.folder is None:
            self.hands.show(result, None)
            return Ending((result,))
        if found.folder.absolute() == known.absolute():
            keep_end(known, StepName.DIAGNOSE, inputs, tell_time())
            return self.follow(result)
        with hold_incident(found.folder):
            keep_order(found.folder, self.order, tell_time())
            keep_end(found.folder, StepName.DIAGNOSE, inputs, tell_time())
            return _Way(found.folder, self.order, self.hands).follow(result)

    def follow(self, first: Result) -> Ending:
        """Go from the diagnosis to the end, or to the first gate that nobody opens."""
        results = [first]
        self._show(first, results)
        for step in _AFTER_DIAGNOSIS:
            result = self._find_without_work(step, {one.outcome.name: one.outcome for one in results})
            if result is None:
                gate = open_gate(step, self.folder, self.order)
                if not self.hands.consent(gate):
                    return Ending(tuple(results), self.folder, gate)
                result = Result(self._work(step))
            results.append(result)
            self._show(result, results)
        return Ending(tuple(results), self.folder)

    def _find_without_work(self, step: StepName, before: Mapping[StepName, Outcome]) -> Result | None:
        """Return the result of a step that is kept, or that has nothing to do."""
        progress = read_progress(self.folder)
        kept = find_kept(step, self.folder, self.order, progress)
        if kept is not None:
            now = take_inputs(step, self.folder, self.order)
            ended = progress.ended.get(step)
            if ended is None or ended.inputs != now:  # somebody did it by hand
                keep_end(self.folder, step, now, tell_time())
            return Result(kept, kept=True)
        told = self.hands.deploy is not None
        obstacle = find_obstacle(step, self.folder, self.order, before, deploys=told)
        return Result(obstacle) if obstacle else None

    def _work(self, step: StepName) -> Outcome:
        before = take_inputs(step, self.folder, self.order)
        if step is StepName.DEPLOY:
            outcome = self._deploy()
        else:
            with self.hands.watch(step, self._read_state()) as listeners:
                outcome = self._do(step, listeners)
        if outcome.status in _ENDS:
            after = take_inputs(step, self.folder, self.order)
            keep_end(self.folder, step, settle_inputs(step, before, after), tell_time())
        return outcome

    def _do(self, step: StepName, listeners: Listeners) -> Outcome:
        folder, order, repo = self.folder, self.order, self.order.repository
        if step is StepName.PATCH and repo:
            return patch(order.to_patch(folder, repo), listeners)
        if step is StepName.TEST and repo:
            return test(order.to_test(folder, repo), listeners)
        return plan(order.to_plan(folder)) if step is StepName.PLAN else review(ReviewOptions(folder), listeners)

    def _deploy(self) -> Outcome:
        deploy = self.hands.deploy
        if deploy is None:
            raise UsageError("expected somebody who said that a rollout may begin, found nobody")
        return attempt(StepName.DEPLOY, lambda: deploy(self.folder, self.order))

    def _show(self, result: Result, results: list[Result]) -> None:
        """Write the index, then tell; where a step failed and the index fails as well, the word of the step counts."""
        try:
            write_trail(self.folder, tuple(one.outcome for one in results))
        except HotfixError as error:
            said = result.outcome.sentence if result.outcome.status is StepStatus.FAILED else str(error)
            raise UsageError(said) from None
        self.hands.show(result, self._read_state())

    def _read_state(self) -> State:
        return read_state(self.folder, tell_time())
