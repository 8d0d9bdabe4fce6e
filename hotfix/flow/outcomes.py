"""Says of each step what came of it, in one sentence: what it found comes in, its outcome goes out."""

from pathlib import Path

from hotfix.core.facts import Analysis
from hotfix.flow.contract import Outcome, StepName, StepStatus
from hotfix.learn.card import DIAGNOSIS
from hotfix.repair.contract import PATCH_MD, Choice
from hotfix.repair.verify.contract import TEST_REPORT_MD, TestVerdict
from hotfix.report.answers import state_headline
from hotfix.report.words import say_count

_APPROVED = frozenset({TestVerdict.APPROVED, TestVerdict.APPROVED_WITH_NOTES})


def say_diagnosis(analysis: Analysis, folder: Path | None) -> Outcome:
    """Return what came of a diagnosis; `folder` is where its documents lie."""
    said = f"{state_headline(analysis)}: {analysis.diagnosis.statement}"
    return Outcome(StepName.DIAGNOSE, StepStatus.DONE, said, folder / DIAGNOSIS if folder else None)


def say_patch(choice: Choice, reason: str, rung: str | None, folder: Path) -> Outcome:
    """Return what came of the search for a patch; `rung` made it, None where none passed its gates."""
    found = f"a patch lies ready, made by {rung}" if rung else "no patch passed its gates"
    status = StepStatus.DONE if rung or choice is Choice.ROLLBACK else StepStatus.REFUSED
    return Outcome(StepName.PATCH, status, f"{choice.upper()}: {reason}; {found}", folder / PATCH_MD)


def say_test(verdict: TestVerdict, rule: str, folder: Path) -> Outcome:
    """Return what came of the tests."""
    status = StepStatus.DONE if verdict in _APPROVED else StepStatus.REFUSED
    return Outcome(StepName.TEST, status, f"{verdict}: {rule}", folder / TEST_REPORT_MD)


def say_plan(go: str, rule: str, advice: str, document: Path) -> Outcome:
    """Return what came of the plan; `go` is a Go."""
    status = StepStatus.REFUSED if go == "NO-GO" else StepStatus.DONE
    return Outcome(StepName.PLAN, status, f"{go}: {rule}. {advice}", document)


def say_review(asked: int, document: Path) -> Outcome:
    """Return what came of the review, which asks so many questions."""
    said = f"{say_count(asked, 'question')} for people" if asked else "every question is answered"
    return Outcome(StepName.REVIEW, StepStatus.DONE, f"the review is written: {said}", document)
