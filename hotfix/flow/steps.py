"""The steps as anybody may call them: one function each, from frozen options to one outcome. The contract of the flow.

Every step does what the command of its name does, with the same documents and the same entries in the journal of the
incident. Nothing is printed or asked, and no step changes a repository or production. What stands in the way of a step
is an outcome too: an error of hotfix or of the disk becomes `failed` with its sentence.
"""

from collections.abc import Callable

from hotfix.core.errors import HotfixError
from hotfix.flow.contract import (
    DiagnoseOptions,
    Listeners,
    Outcome,
    PatchOptions,
    PlanOptions,
    ReviewOptions,
    StepName,
    StepStatus,
    TestOptions,
)


def diagnose(options: DiagnoseOptions, listeners: Listeners) -> Outcome:
    """Read logs and write `report.json`, `diagnosis.md` and `report.html` into the incident's folder.

    The folder is that of the outcome's document; without an incident nothing is written, and there is no document.
    """
    from hotfix.flow.diagnosing import diagnose_logs

    return attempt(StepName.DIAGNOSE, lambda: diagnose_logs(options, listeners).outcome)


def patch(options: PatchOptions, listeners: Listeners) -> Outcome:
    """Decide between going back and a patch, and write `patch.md`, `patch.json` and, with a patch, `patch.diff`."""
    from hotfix.flow.patching import patch_incident

    return attempt(StepName.PATCH, lambda: patch_incident(options, listeners).outcome)


def test(options: TestOptions, listeners: Listeners) -> Outcome:
    """Prove the patch in a sandbox, and write `test-report.md` and `test.json`."""
    from hotfix.flow.testing import verify_incident

    return attempt(StepName.TEST, lambda: verify_incident(options, listeners).outcome)


def plan(options: PlanOptions) -> Outcome:
    """Plan the rollout, and write `deployment-plan.md` and `deployment-plan.json`; no request is moved."""
    from hotfix.flow.planning import check_provider, plan_deployment

    return attempt(StepName.PLAN, lambda: plan_deployment(options, check_provider).outcome)


def review(options: ReviewOptions, listeners: Listeners) -> Outcome:
    """Write the review, `rca.md`, keeping what people wrote in it, and propose actions."""
    from hotfix.flow.reviewing import review_folder

    return attempt(StepName.REVIEW, lambda: review_folder(options, listeners).outcome)


def attempt(name: StepName, work: Callable[[], Outcome]) -> Outcome:
    """Return the outcome of a step's work; what stood in its way is one too."""
    try:
        return work()
    except HotfixError as error:
        return Outcome(name, StepStatus.FAILED, str(error))
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        said = f"expected files that can be read and written{where}, found: {error.strerror or type(error).__name__}"
        return Outcome(name, StepStatus.FAILED, said)
