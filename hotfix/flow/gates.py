"""Says before each step what it will do, or why it has nothing to do: a folder and an order in, words out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.configfile import read_optional_table
from hotfix.flow.contract import StepName, StepStatus
from hotfix.flow.left import read_outcome
from hotfix.flow.order import Order
from hotfix.flow.places import find_config, name_incident, say_deploy_command
from hotfix.repair.contract import PATCH_DIFF

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


def find_obstacle(step: StepName, folder: Path, order: Order, *, deploys: bool) -> str | None:
    """Return why a step has nothing to do; None where it has.

    Args:
        step: which.
        folder: of the incident.
        order: what is asked.
        deploys: whether the user said that a rollout may be carried out.

    Raises:
        HotfixError: a document or the configuration cannot be read.
    """
    if step in (StepName.PATCH, StepName.TEST) and order.repository is None:
        return _NO_REPOSITORY
    if step is StepName.TEST and not (folder / PATCH_DIFF).is_file():
        return "there is no patch to test"
    return _find_deploy_obstacle(folder, order, told=deploys) if step is StepName.DEPLOY else None


def _find_deploy_obstacle(folder: Path, order: Order, *, told: bool) -> str | None:
    if not told:
        return "nobody said that a rollout may begin; with --deploy it would be asked for"
    plan, config = read_outcome(StepName.PLAN, folder), find_config(order.configuration)
    if plan is None or plan.status is not StepStatus.DONE:
        return f"the plan does not let it begin: {plan.sentence if plan else 'there is none'}"
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
    back = say_deploy_command("rollback", name_incident(folder), order.configuration)
    return f"CHANGE PRODUCTION: send a growing share of the requests to the new version; the way back is {back}"


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
