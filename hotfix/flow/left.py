"""Reads what a step left in the incident folder, and says again what came of it."""

import re
from collections.abc import Callable
from pathlib import Path
from shlex import quote

from hotfix.core.errors import MissingError
from hotfix.core.files import read_all, read_start
from hotfix.core.node import Node
from hotfix.core.settings import EVENTS_FILE_BYTES_MOST, REPORT_BYTES_MOST
from hotfix.flow.contract import Outcome, StepName, StepStatus
from hotfix.flow.outcomes import say_diagnosis, say_patch, say_plan, say_review, say_test
from hotfix.flow.places import name_incident
from hotfix.learn.card import DIAGNOSIS, REPORT
from hotfix.learn.review import RCA
from hotfix.repair.contract import PATCH_MD
from hotfix.repair.verify.contract import TEST_REPORT_MD
from hotfix.report.deployreport import PLAN_JSON, PLAN_MD
from hotfix.report.jsonread import read_report
from hotfix.report.reviewreport import OPEN
from hotfix.rollout.execute.contract import Step
from hotfix.rollout.execute.journal import JOURNAL, read_past
from hotfix.rollout.plan.findings import read_findings


def read_outcome(name: StepName, folder: Path) -> Outcome | None:
    """Return what the documents of a folder say of a step; None where they are not there.

    Raises:
        InputError: one is there and cannot be read.
    """
    return _READERS[name](folder)


def list_questions(folder: Path) -> tuple[str, ...]:
    """Return what the review asks and nobody has answered: whom it asks, and the question.

    Raises:
        InputError: the review is there and cannot be read.
    """
    path = folder / RCA
    try:
        text = read_start(path, EVENTS_FILE_BYTES_MOST, "a document").decode("utf-8", "replace")
    except MissingError:
        return ()
    found = (_QUESTION.match(line) for line in text.splitlines())
    return tuple(f"for the {one['role']}: {one['text']}" for one in found if one)


def list_settings(folder: Path) -> tuple[str, ...]:
    """Return what the plan of the rollout says is still to be configured.

    Raises:
        InputError: the plan is there and cannot be read.
    """
    root = _open_plan(folder)
    return root.texts("configure") if root else ()


_QUESTION = re.compile(rf"{re.escape(OPEN)} \((?P<role>[^()]+)\): (?P<text>.+)")


def _read_diagnosis(folder: Path) -> Outcome | None:
    return say_diagnosis(read_report(folder / REPORT), folder) if (folder / DIAGNOSIS).is_file() else None


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
    root = _open_plan(folder)
    if root is None or not (folder / PLAN_MD).is_file():
        return None
    decision = root.get("decision")
    go, rule, advice = (decision.get(key).text() for key in ("go", "rule", "advice"))
    return say_plan(go, rule, advice, folder / PLAN_MD)


def _open_plan(folder: Path) -> Node | None:
    path = folder / PLAN_JSON
    try:
        content = read_all(path, REPORT_BYTES_MOST, "a plan")
    except MissingError:
        return None
    return Node.parse(content, str(path), "what hotfix deploy plan writes")


def _read_rollout(folder: Path) -> Outcome | None:
    past = read_past(folder)
    if past is None or not past.is_over:
        return None
    said = f"{past.state.step}: {past.state.why}"
    if past.state.step is Step.CONFIRMED:
        return Outcome(StepName.DEPLOY, StepStatus.DONE, said, folder / JOURNAL)
    again = f"find out why; hotfix deploy run {quote(name_incident(folder))} begins another"
    return Outcome(StepName.DEPLOY, StepStatus.REFUSED, f"{said.rstrip('.')}; {again}", folder / JOURNAL)


def _read_review(folder: Path) -> Outcome | None:
    path = folder / RCA
    return say_review(len(list_questions(folder)), path) if path.is_file() else None


_READERS: dict[StepName, Callable[[Path], Outcome | None]] = {
    StepName.DIAGNOSE: _read_diagnosis,
    StepName.PATCH: _read_patch,
    StepName.TEST: _read_test,
    StepName.PLAN: _read_plan,
    StepName.DEPLOY: _read_rollout,
    StepName.REVIEW: _read_review,
}
