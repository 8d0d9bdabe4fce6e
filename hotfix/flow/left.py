"""Reads what a step left in the incident folder, and says again what came of it."""

import json
from collections.abc import Callable
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.files import read_regular
from hotfix.core.node import Node
from hotfix.core.settings import EVENTS_FILE_BYTES_MOST, REPORT_BYTES_MOST
from hotfix.flow.contract import Outcome, StepName, StepStatus
from hotfix.flow.outcomes import DIAGNOSIS_MD, say_diagnosis, say_patch, say_plan, say_review, say_test
from hotfix.learn.card import REPORT
from hotfix.repair.contract import PATCH_MD
from hotfix.repair.verify.contract import TEST_REPORT_MD
from hotfix.report.deployreport import PLAN_JSON, PLAN_MD
from hotfix.report.jsonread import read_report
from hotfix.report.reviewreport import OPEN, RCA
from hotfix.rollout.execute.contract import Step
from hotfix.rollout.execute.journal import JOURNAL, read_past
from hotfix.rollout.plan.findings import read_findings


def read_outcome(name: StepName, folder: Path) -> Outcome | None:
    """Return what the documents of a folder say of a step; None where they are not there.

    Raises:
        InputError: one is there and cannot be read.
    """
    return _READERS[name](folder)


def _read_diagnosis(folder: Path) -> Outcome | None:
    return say_diagnosis(read_report(folder / REPORT), folder) if (folder / DIAGNOSIS_MD).is_file() else None


def _read_patch(folder: Path) -> Outcome | None:
    found = read_findings(folder, read_report(folder / REPORT)).patch
    if found is None or not (folder / PATCH_MD).is_file():
        return None
    return say_patch(found.decision, found.reason, None if found.rung == "none" else found.rung, folder)


def _read_test(folder: Path) -> Outcome | None:
    found = read_findings(folder, read_report(folder / REPORT)).test
    if found is None or not (folder / TEST_REPORT_MD).is_file():
        return None
    return say_test(found.verdict, found.rule, folder)


def _read_plan(folder: Path) -> Outcome | None:
    path = folder / PLAN_JSON
    if not path.is_file() or not (folder / PLAN_MD).is_file():
        return None
    try:
        root = Node(json.loads(read_regular(path, REPORT_BYTES_MOST)), str(path), "hotfix deploy plan")
    except (OSError, ValueError, RecursionError):
        raise InputError(f"expected JSON that hotfix deploy plan wrote at {path}, found none; run it again") from None
    decision = root.get("decision")
    return say_plan(
        decision.get("go").text(), decision.get("rule").text(), decision.get("advice").text(), folder / PLAN_MD
    )


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
    return say_review(sum(line.startswith(f"{OPEN} (") for line in text.splitlines()), path)


_READERS: dict[StepName, Callable[[Path], Outcome | None]] = {
    StepName.DIAGNOSE: _read_diagnosis,
    StepName.PATCH: _read_patch,
    StepName.TEST: _read_test,
    StepName.PLAN: _read_plan,
    StepName.DEPLOY: _read_rollout,
    StepName.REVIEW: _read_review,
}
