"""The executor over hours that pass at once: SPEC's own policy, a real flag file, versions of every kind."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity
from hotfix.rollout.contract import Rule
from hotfix.rollout.execute.clock import SystemClock
from hotfix.rollout.execute.contract import Entry, Kind, Step, Word
from hotfix.rollout.execute.journal import JOURNAL, JournalError, append_entry, read_past
from hotfix.rollout.execute.limits import CLOCK_AGREES_S
from hotfix.rollout.execute.start import RefusedError
from hotfix.rollout.execute.undo import Undoing
from hotfix.rollout.policy import make_policy
from tests.rollout.seen import POLICY
from tests.rollout.virtual import Behaviour, VirtualRollout, VirtualTime

_MOVES = [Kind.BEGUN, *[Kind.MOVING, Kind.MOVED] * 3]
_RARELY = make_policy({"check_s": 120}, Severity.P0)
_LONGEST_S = sum(phase.deadline_s for phase in _RARELY.phases) + _RARELY.blind_deadline_s + 10 * _RARELY.check_s


def test_good_version_takes_the_time_that_the_policy_asks_for(tmp_path: Path) -> None:
    """Ten minutes in each phase and thirty after it, at 100 % and confirmed."""
    rollout = VirtualRollout(tmp_path, POLICY)
    state = rollout.start()
    assert (state.step, rollout.share, rollout.list_kinds()) == (Step.CONFIRMED, 1.0, _MOVES)
    assert 50 * 60 <= rollout.time.passed_s < 60 * 60


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    behaviour=st.builds(
        Behaviour,
        errors=st.sampled_from((0.0, 0.001, 0.02, 0.05, 0.5)),
        fatal=st.sampled_from((0.0, 0.001)),
        from_s=st.sampled_from((0.0, 700.0, 2000.0)),
        deaf_s=st.sampled_from(((0.0, 0.0), (300.0, 700.0), (900.0, 1e9))),
    ),
    seed=st.integers(0, 1000),
)
def test_every_rollout_ends_where_its_state_says(
    tmp_path_factory: pytest.TempPathFactory, behaviour: Behaviour, seed: int
) -> None:
    """Within its deadlines, whatever version and monitoring do; each move is in the journal before it is made."""
    rollout = VirtualRollout(tmp_path_factory.mktemp("rollout"), _RARELY, behaviour, seed=seed)
    state = rollout.start()
    assert (state.step, rollout.share) in {(Step.CONFIRMED, 1.0), (Step.ROLLED_BACK, 0.0)}
    assert rollout.time.passed_s < _LONGEST_S
    moves = [kind for kind in rollout.list_kinds() if kind in {Kind.MOVING, Kind.MOVED}]
    assert moves == [Kind.MOVING, Kind.MOVED] * (len(moves) // 2)
    if behaviour.errors == 0.5 and behaviour.from_s == 0:
        assert (state.step, state.phase) == (Step.ROLLED_BACK, 0)


@pytest.mark.parametrize(
    ("behaviour", "rule"),
    [
        (Behaviour(), Rule.HEALTHY),
        (Behaviour(bug=0.03), Rule.DEADLINE),
        (Behaviour(errors=0.03), Rule.ERRORS_BEFORE),
    ],
)
def test_blue_green_is_held_against_the_old_version_before_it(tmp_path: Path, behaviour: Behaviour, rule: Rule) -> None:
    """Below every fixed line a fix that ends nothing does not stay, nor one that brings new errors."""
    policy = make_policy({"strategy": "blue-green", "check_s": 300, "deadline_s": 3000}, Severity.P0)
    rollout = VirtualRollout(tmp_path, policy, behaviour)
    state = rollout.start()
    decision = next(entry.sight.decision for entry in reversed(rollout.heard) if entry.sight)
    expected = (Step.CONFIRMED, 1.0) if rule is Rule.HEALTHY else (Step.ROLLED_BACK, 0.0)
    assert ((state.step, rollout.share), decision.rule) == (expected, rule), decision.reason
    past = read_past(tmp_path)
    assert past
    assert past.observations[:2] == past.lines[0].before
    assert all(one.baseline.requests >= 60 and not one.canary.requests for one in past.lines[0].before)


def test_triggers_are_armed_while_an_approval_is_waited_for(tmp_path: Path) -> None:
    """Nobody says anything, and the version turns bad at its first share, later than any deadline."""
    bad_s = POLICY.phases[0].deadline_s + 300
    rollout = VirtualRollout(tmp_path, POLICY, Behaviour(errors=0.3, from_s=bad_s), asks=True)
    state = rollout.start()
    assert (state.step, rollout.share) == (Step.ROLLED_BACK, 0.0)
    assert bad_s < rollout.time.passed_s < bad_s + 10 * POLICY.check_s
    assert Step.APPROVAL in {entry.state.step for entry in rollout.heard}


def test_operator_approves_pauses_and_calls_back(tmp_path: Path) -> None:
    """Each word does what it says; what was said is in the journal."""
    words = {800.0: Word.GO, 1000.0: Word.PAUSE, 4000.0: Word.GO, 4100.0: Word.BACK}
    rollout = VirtualRollout(tmp_path, POLICY, time=VirtualTime(words), asks=True)
    state = rollout.start()
    assert (state.step, state.phase, rollout.share) == (Step.ROLLED_BACK, 1, 0.0)
    said = [entry.text for entry in rollout.heard if entry.kind is Kind.SAID]
    assert said == [f"An operator says: {word}." for word in ("go", "pause", "go", "back")]
    past = read_past(tmp_path)
    assert past
    assert past.state == state


def test_word_that_comes_before_the_first_step_is_heard_before_it(tmp_path: Path) -> None:
    """Called back while the old version is looked at, no request goes to the new one; a pause waits for its turn."""
    policy = make_policy({"strategy": "blue-green", "check_s": 300}, Severity.P0)
    back = VirtualRollout(tmp_path, policy, time=VirtualTime({0.5: Word.BACK}))
    assert back.start().step is Step.ROLLED_BACK
    assert back.list_kinds() == [Kind.BEGUN, Kind.SAID, Kind.GOING_BACK, Kind.ROLLED_BACK]
    pause = VirtualRollout(tmp_path, policy, time=VirtualTime({0.5: Word.PAUSE, 4000.0: Word.BACK}))
    assert pause.start().step is Step.ROLLED_BACK
    kinds = [Kind.BEGUN, Kind.MOVING, Kind.MOVED, Kind.SAID, Kind.SAID, Kind.GOING_BACK, Kind.ROLLED_BACK]
    assert pause.list_kinds() == kinds


def test_what_cannot_be_written_down_is_not_done(tmp_path: Path) -> None:
    """A journal that fails on the way to the second phase: traffic is not moved there, but home."""
    kept = list[Entry]()

    def keep(entry: Entry) -> None:
        if entry.state.phase == 1:
            raise JournalError("expected a journal that can be written, found: No space left on device")
        kept.append(entry)

    rollout = VirtualRollout(tmp_path, POLICY, keep=keep)
    state = rollout.start()
    assert (state.step, rollout.share) == (Step.ROLLED_BACK, 0.0)
    assert "No space left on device: back." in state.why
    assert [entry.kind for entry in kept if entry.kind is not Kind.LOOKED] == [Kind.BEGUN, Kind.MOVING, Kind.MOVED]
    told = [entry for entry in rollout.heard if entry.state.phase == 1]
    assert Kind.MOVED not in [entry.kind for entry in told]
    assert all("Not written down: expected a journal" in entry.text for entry in told)


def test_internal_error_sends_traffic_back_before_it_is_raised(tmp_path: Path) -> None:
    """A bug of hotfix must not leave a version half deployed and unwatched."""

    def keep(entry: Entry) -> None:
        if entry.kind is Kind.LOOKED:
            raise ZeroDivisionError

    rollout = VirtualRollout(tmp_path, POLICY, keep=keep)
    with pytest.raises(ZeroDivisionError):
        rollout.start()
    assert (rollout.share, rollout.heard[-1].state.why) == (0.0, "Internal error ZeroDivisionError: back.")


@pytest.mark.parametrize(("by_s", "said"), [(-3600.0, "set back by 1 h"), (3600.0, "set forward by 1 h")])
def test_clock_that_is_set_is_blindness(tmp_path: Path, by_s: float, said: str) -> None:
    """Logs and metrics go by it: nobody can tell what came when, so the version is not taken for a healthy one."""
    rollout = VirtualRollout(tmp_path, POLICY, time=VirtualTime(set_at_s=700.0, set_by_s=by_s))
    state = rollout.start()
    assert (state.step, rollout.share) == (Step.ROLLED_BACK, 0.0)
    assert 700 + POLICY.blind_deadline_s < rollout.time.passed_s < 700 + POLICY.blind_deadline_s + 3 * POLICY.check_s
    sights = [entry.sight for entry in rollout.heard if entry.sight]
    assert (sights[-1].decision.rule, said in sights[-1].notes[0]) == (Rule.BLIND, True)


def test_clock_of_a_rollout_never_goes_back() -> None:
    """Also where the machine's was set back between two processes; by how much is known."""
    later_s = time.time() + 1000
    clock = SystemClock(after_s=later_s)
    assert clock.now_s() >= later_s
    assert clock.find_shift_s() == pytest.approx(-1000, abs=CLOCK_AGREES_S)
    assert abs(SystemClock().find_shift_s()) < CLOCK_AGREES_S


def test_way_back_that_never_succeeds_strands_and_can_be_gone_again(tmp_path: Path) -> None:
    """It is tried for two minutes; then it is told, and over; once the provider is mended one order brings all back."""
    flag = tmp_path / "percent"

    def keep(entry: Entry) -> None:
        append_entry(tmp_path, entry)
        if entry.kind is Kind.GOING_BACK:
            flag.write_text("broken")

    rollout = VirtualRollout(tmp_path, POLICY, Behaviour(errors=0.5), keep=keep)
    state = rollout.start()
    assert (state.step, "Then: not back after" in state.why) == (Step.STRANDED, True)
    with pytest.raises(UsageError, match=r"expected a rollout under way, found one that ended .*: stranded"):
        rollout.resume()
    flag.write_text("10")
    back = Undoing(rollout.traffic, rollout.time, [].append, partial(append_entry, tmp_path)).send_back(state, 1.0)
    past = read_past(tmp_path)
    assert past
    assert (back.done, rollout.share, past.state.step) == (True, 0.0, Step.ROLLED_BACK)


class _Interrupting(VirtualTime):
    """Somebody presses Ctrl-C."""

    at_s: float = 0.0

    def listen(self, seconds: float) -> Word | None:
        if self.passed_s > self.at_s:
            raise KeyboardInterrupt
        return super().listen(seconds)


def _interrupt(folder: Path, at_s: float) -> None:
    time = _Interrupting()
    time.at_s = at_s
    with pytest.raises(KeyboardInterrupt):
        VirtualRollout(folder, POLICY, time=time).start()


def test_interrupt_leaves_everything_as_it_is(tmp_path: Path) -> None:
    """It is written down, and a resume goes on from there with the evidence that there was."""
    _interrupt(tmp_path, 1000.0)
    past = read_past(tmp_path)
    assert past
    assert (past.lines[-1].kind, past.state.phase) == (Kind.INTERRUPTED, 1)
    later = VirtualRollout(tmp_path, POLICY, time=VirtualTime(passed_s=1200))
    assert (later.resume().step, later.share) == (Step.CONFIRMED, 1.0)
    assert later.list_kinds()[:2] == [Kind.RESUMED, Kind.MOVING]


@pytest.mark.parametrize(
    ("percent", "step", "said"),
    [
        (50, Step.CONFIRMED, "Traffic is where it was put: 50 %."),
        (0, Step.CONFIRMED, "The journal says 50 %, read back is none: it begins again with the first phase."),
        (30, Step.ROLLED_BACK, "expected 50 % at the new version"),
        (80, Step.ROLLED_BACK, "expected at most 50 % at the new version"),
        (200, Step.ROLLED_BACK, "expected at most 50 % at the new version"),
    ],
)
def test_resume_goes_by_what_is_true(tmp_path: Path, percent: int, step: Step, said: str) -> None:
    """Traffic that something else moved while nobody watched is told, and never guessed about."""
    _interrupt(tmp_path, 1000.0)
    (tmp_path / "percent").write_text(str(percent))
    later = VirtualRollout(tmp_path, POLICY, time=VirtualTime(passed_s=1100))
    assert (later.resume().step, said in later.heard[0].text) == (step, True)
    assert later.share == (1.0 if step is Step.CONFIRMED else 0.0)


@pytest.mark.parametrize(
    ("percent", "behaviour", "check_new", "said"),
    [
        (10, Behaviour(), None, "expected all requests at the old version, read back 10 % at the new one"),
        (101, Behaviour(), None, "expected the share of the new version, found that it cannot be told"),
        (0, Behaviour(deaf_s=(0.0, 1e9)), None, "expected the monitoring to hear the old version within 3 min, found"),
        (0, Behaviour(), ("sh", "-c", "echo refused >&2; exit 7"), "expected an answer of the new version by sh -c"),
    ],
)
def test_rollout_does_not_begin_where_it_must_not(
    tmp_path: Path, percent: int, behaviour: Behaviour, check_new: tuple[str, ...] | None, said: str
) -> None:
    """It is refused in one sentence, before anything is changed or written down."""
    rollout = VirtualRollout(tmp_path, POLICY, behaviour, check_new=check_new)
    (tmp_path / "percent").write_text(str(percent))
    with pytest.raises(RefusedError) as caught:
        rollout.start()
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    assert ((tmp_path / "percent").read_text(), (tmp_path / JOURNAL).exists()) == (str(percent), False)


def test_rollout_under_way_is_not_begun_again(tmp_path: Path) -> None:
    """Without --resume it is refused; with it the policy must be the one that it began with."""
    _interrupt(tmp_path, 1000.0)
    with pytest.raises(UsageError, match="expected no rollout under way, found one in phase 2"):
        VirtualRollout(tmp_path, POLICY).start()
    changed = replace(POLICY, window_requests=70)
    with pytest.raises(UsageError, match=r"found another window_requests in \[deploy\]"):
        VirtualRollout(tmp_path, changed).resume()
    assert VirtualRollout(tmp_path, POLICY).share == 0.5


def test_rollout_that_ended_is_not_resumed_and_another_may_begin(tmp_path: Path) -> None:
    """The journal keeps both; there is nothing to resume where there was none."""
    with pytest.raises(UsageError, match="expected a rollout that was interrupted, found none"):
        VirtualRollout(tmp_path, POLICY).resume()
    assert VirtualRollout(tmp_path, POLICY, Behaviour(errors=0.5)).start().step is Step.ROLLED_BACK
    with pytest.raises(UsageError, match=r"expected a rollout under way, found one that ended .*: rolled back"):
        VirtualRollout(tmp_path, POLICY).resume()
    assert VirtualRollout(tmp_path, POLICY).start().step is Step.CONFIRMED
