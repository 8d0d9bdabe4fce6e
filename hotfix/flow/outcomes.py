"""Says of each step what came of it: from what it just found, or from the documents that it left in the folder."""

import json
from collections.abc import Callable
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.core.files import read_regular
from hotfix.core.node import Node
from hotfix.core.settings import EVENTS_FILE_BYTES_MOST, REPORT_BYTES_MOST
from hotfix.flow.contract import Outcome, StepName, StepStatus
from hotfix.learn.card import REPORT
from hotfix.repair.contract import PATCH_MD, Choice
from hotfix.repair.verify.contract import TEST_REPORT_MD, TestVerdict
from hotfix.report.answers import state_headline
from hotfix.report.deployreport import PLAN_JSON, PLAN_MD
from hotfix.report.jsonread import read_report
from hotfix.report.reviewreport import OPEN, RCA
from hotfix.report.words import say_count
from hotfix.rollout.execute.contract import Step
from hotfix.rollout.execute.journal import JOURNAL, read_past
from hotfix.rollout.plan.contract import Go
from hotfix.rollout.plan.findings import read_findings
from hotfix.rollout.plan.known import PatchFinding, TestFinding

DIAGNOSIS_MD = "diagnosis.md"
_APPROVED = frozenset({TestVerdict.APPROVED, TestVerdict.APPROVED_WITH_NOTES})


def say_diagnosis(analysis: Analysis, folder: Path | None) -> Outcome:
    """Return what came of a diagnosis; `folder` is where its documents lie."""
    said = f"{state_headline(analysis)}: {analysis.diagnosis.statement}"
    return Outcome(StepName.DIAGNOSE, StepStatus.DONE, said, folder / DIAGNOSIS_MD if folder else None)


def say_patch(choice: Choice, reason: str, rung: str | None, folder: Path) -> Outcome:
    """Return what came of the search for a patch; `rung` made it, None where none passed its gates."""
    found = f"a patch lies ready, made by {rung}" if rung else "no patch passed its gates"
    status = StepStatus.DONE if rung or choice is Choice.ROLLBACK else StepStatus.REFUSED
    return Outcome(StepName.PATCH, status, f"{choice.upper()}: {reason}; {found}", folder / PATCH_MD)


def say_test(verdict: TestVerdict, rule: str, folder: Path) -> Outcome:
    """Return what came of the tests."""
    status = StepStatus.DONE if verdict in _APPROVED else StepStatus.REFUSED
    return Outcome(StepName.TEST, status, f"{verdict}: {rule}", folder / TEST_REPORT_MD)


def say_plan(go: str, rule: str, advice: str, folder: Path) -> Outcome:
    """Return what came of the plan."""
    status = StepStatus.REFUSED if go == Go.NO_GO else StepStatus.DONE
    return Outcome(StepName.PLAN, status, f"{go}: {rule}. {advice}", folder / PLAN_MD)


def say_review(asked: int, folder: Path) -> Outcome:
    """Return what came of the review, which asks so many questions."""
    said = f"{say_count(asked, 'question')} for people" if asked else "every question is answered"
    return Outcome(StepName.REVIEW, StepStatus.DONE, f"the review is written: {said}", folder / RCA)


def read_outcome(name: StepName, folder: Path) -> Outcome | None:
    """Return what the documents of a folder say of a step; None where they are not there.

    Raises:
        InputError: one is there and cannot be read.
    """
    return _READERS[name](folder)


def _read_diagnosis(folder: Path) -> Outcome | None:
    return say_diagnosis(read_report(folder / REPORT), folder) if (folder / DIAGNOSIS_MD).is_file() else None


def _read_patch(folder: Path) -> Outcome | None:
    found = _find_patch(folder) if (folder / PATCH_MD).is_file() else None
    if found is None:
        return None
    return say_patch(found.decision, found.reason, None if found.rung == "none" else found.rung, folder)


def _read_test(folder: Path) -> Outcome | None:
    found = _find_test(folder) if (folder / TEST_REPORT_MD).is_file() else None
    return say_test(found.verdict, found.rule, folder) if found else None


def _find_patch(folder: Path) -> PatchFinding | None:
    return read_findings(folder, read_report(folder / REPORT)).patch


def _find_test(folder: Path) -> TestFinding | None:
    return read_findings(folder, read_report(folder / REPORT)).test


def _read_plan(folder: Path) -> Outcome | None:
    path = folder / PLAN_JSON
    if not path.is_file() or not (folder / PLAN_MD).is_file():
        return None
    try:
        root = Node(json.loads(read_regular(path, REPORT_BYTES_MOST)), str(path), "hotfix deploy plan")
    except (OSError, ValueError, RecursionError):
        raise InputError(f"expected JSON that hotfix deploy plan wrote at {path}, found none; run it again") from None
    decision = root.get("decision")
    return say_plan(decision.get("go").text(), decision.get("rule").text(), decision.get("advice").text(), folder)


def _read_rollout(folder: Path) -> Outcome | None:
    past = read_past(folder)
    if past is None or not past.is_over:
        return None
    done = past.state.step is Step.CONFIRMED
    return Outcome(
        StepName.DEPLOY,
        StepStatus.DONE if done else StepStatus.REFUSED,
        f"{past.state.step}: {past.state.why}",
        folder / JOURNAL,
    )


def _read_review(folder: Path) -> Outcome | None:
    path = folder / RCA
    try:
        text = read_regular(path, EVENTS_FILE_BYTES_MOST).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"expected a document that can be read at {path}, found: {error.strerror}") from None
    return say_review(sum(line.startswith(f"{OPEN} (") for line in text.splitlines()), folder)


_READERS: dict[StepName, Callable[[Path], Outcome | None]] = {
    StepName.DIAGNOSE: _read_diagnosis,
    StepName.PATCH: _read_patch,
    StepName.TEST: _read_test,
    StepName.PLAN: _read_plan,
    StepName.DEPLOY: _read_rollout,
    StepName.REVIEW: _read_review,
}
