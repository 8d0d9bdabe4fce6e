"""Says before each step what it will do, or why it must not be done: a folder and an order in, words out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.configfile import read_optional_table
from hotfix.flow.contract import Outcome, StepName, StepStatus
from hotfix.flow.order import Order
from hotfix.flow.places import find_config, name_incident, say_deploy_command
from hotfix.repair.contract import PATCH_DIFF, PATCH_JSON
from hotfix.repair.verify.contract import TEST_JSON
from hotfix.report.deployreport import PLAN_JSON
from hotfix.rollout.execute.contract import State
from hotfix.rollout.execute.journal import JOURNAL, read_past

_NO_REPOSITORY = "no repository is named; with --repo DIR one would be looked at"


@dataclass(frozen=True, slots=True)
class Gate:
    """One step that somebody has to let through."""

    step: StepName
    will: str  # what it does, as in "It will …"

    @property
    def only_writes_documents(self) -> bool:
        """Whether nothing outside of the incident folder changes."""
        return self.step is not StepName.DEPLOY


def open_gate(step: StepName, folder: Path, order: Order) -> Gate:
    """Return the gate before a step."""
    return Gate(step, _WILL[step](folder, order))


def find_obstacle(
    step: StepName, folder: Path, order: Order, before: Mapping[StepName, Outcome], *, deploys: bool
) -> Outcome | None:
    """Return the outcome of a step that has nothing to do, or must not do it; None where it may.

    Args:
        step: which.
        folder: of the incident.
        order: what is asked.
        before: what came of the steps before it, this time.
        deploys: whether the user said that a rollout may be carried out.

    Raises:
        HotfixError: the configuration, or the journal of a rollout, cannot be read.
    """
    why = _say_obstacle(step, folder, order, before, deploys=deploys)
    if why is None:
        return None
    under_way = _find_under_way(folder) if step is StepName.DEPLOY else None
    if under_way is None:
        return Outcome(step, StepStatus.SKIPPED, why)
    said = f"{_say_under_way(under_way)}, and nobody watches it: {_say_way_back(folder, order)} sends all requests back"
    return Outcome(step, StepStatus.FAILED, f"{said}; it was not gone on with, for {why}", folder / JOURNAL)


def _say_obstacle(
    step: StepName, folder: Path, order: Order, before: Mapping[StepName, Outcome], *, deploys: bool
) -> str | None:
    if step in (StepName.PATCH, StepName.TEST) and order.repository is None:
        return _NO_REPOSITORY
    if old := next(_list_old(step, folder, before), None):
        return f"{old} here is of an earlier state, and this would rest on it; make it anew, or move it away"
    if step is StepName.TEST and not (folder / PATCH_DIFF).is_file():
        return "there is no patch to test"
    return _find_deploy_obstacle(order, before[StepName.PLAN], told=deploys) if step is StepName.DEPLOY else None


def _list_old(step: StepName, folder: Path, before: Mapping[StepName, Outcome]) -> Iterator[str]:
    """Yield the files that a step would rest on and that the step before it, this time, did not vouch for."""
    for other, name in _RESTS_ON.get(step, ()):
        if before[other].status in _WITHOUT_DOCUMENT and (folder / name).is_file():
            yield name


_WITHOUT_DOCUMENT = frozenset({StepStatus.SKIPPED, StepStatus.FAILED})
_RESTS_ON = {
    StepName.TEST: ((StepName.PATCH, PATCH_JSON),),
    StepName.PLAN: ((StepName.PATCH, PATCH_JSON), (StepName.TEST, TEST_JSON)),
    StepName.DEPLOY: ((StepName.PLAN, PLAN_JSON),),
}


def _find_deploy_obstacle(order: Order, plan: Outcome, *, told: bool) -> str | None:
    if not told:
        return "nobody said that a rollout may begin; with --deploy it would be asked for"
    if plan.status is not StepStatus.DONE:
        return f"the plan does not let it begin: {plan.sentence}"
    config = find_config(order.configuration)
    missing = {"traffic", "monitor"} - read_optional_table(config, "deploy").keys
    tables = " and ".join(f"[deploy.{one}]" for one in sorted(missing))
    return f"{config} does not say who moves and who watches the traffic: {tables}" if missing else None


def _say_diagnosis(_folder: Path, order: Order) -> str:
    return f"read the logs again, which have changed ({', '.join(order.logs)}), and write the diagnosis anew"


def _say_patch(folder: Path, order: Order) -> str:
    return (
        f"look in {order.repo} for the change that brought it and for the smallest patch, try candidates in a sandbox, "
        f"and write patch.md, patch.json and patch.diff into {folder}; the repository stays as it is"
    )


def _say_test(folder: Path, order: Order) -> str:
    return (
        f"run the project's own tests and a reproduction on a copy of {order.repo} in a sandbox, "
        f"and write test-report.md and test.json into {folder}"
    )


def _say_plan(folder: Path, _order: Order) -> str:
    return f"plan the rollout and the way back, move no request, and write deployment-plan.md into {folder}"


def _say_deploy(folder: Path, order: Order) -> str:
    under_way = _find_under_way(folder)
    does = (
        f"go on from what is true now, for {_say_under_way(under_way)}"
        if under_way
        else "send a growing share of the requests to the new version"
    )
    return f"CHANGE PRODUCTION: {does}; the way back is {_say_way_back(folder, order)}"


def _find_under_way(folder: Path) -> State | None:
    """Return where a rollout stands that was cut off before its end."""
    past = read_past(folder)
    return past.state if past and not past.is_over else None


def _say_under_way(state: State) -> str:
    return f"a rollout is under way in phase {state.phase + 1} ({state.step})"


def _say_way_back(folder: Path, order: Order) -> str:
    return say_deploy_command("rollback", name_incident(folder), order.configuration)


def _say_review(folder: Path, _order: Order) -> str:
    return f"write the review, rca.md, and propose actions in {folder}; what people wrote there stays"


_WILL: dict[StepName, Callable[[Path, Order], str]] = {
    StepName.DIAGNOSE: _say_diagnosis,
    StepName.PATCH: _say_patch,
    StepName.TEST: _say_test,
    StepName.PLAN: _say_plan,
    StepName.DEPLOY: _say_deploy,
    StepName.REVIEW: _say_review,
}
