"""Gathers what the documents of an incident say is not known, and whom they ask: an analysis and a folder in."""

from collections.abc import Iterator
from pathlib import Path

from hotfix.core.facts import Analysis
from hotfix.flow.left import list_questions, list_settings
from hotfix.repair.verify.contract import Status
from hotfix.repair.verify.verdict import NAMES, say_status
from hotfix.rollout.plan.findings import read_findings

_OPEN = frozenset({Status.INCONCLUSIVE, Status.NOT_VALIDATED})


def list_unknown(analysis: Analysis, folder: Path) -> tuple[str, ...]:
    """Return what nobody knows yet, one sentence each, in the order of the steps.

    Raises:
        InputError: a document is there and cannot be read.
    """
    return (
        *(f"Diagnosis: {what}" for what in analysis.diagnosis.missing),
        *_list_untested(analysis, folder),
        *(f"Rollout, not configured: {what}" for what in list_settings(folder)),
        *(f"Review, {asked}" for asked in list_questions(folder)),
    )


def _list_untested(analysis: Analysis, folder: Path) -> Iterator[str]:
    found = read_findings(folder, analysis)
    if found.test is None:
        yield "Test: no patch was tested, so nothing is known of any"
        return
    for category, answer in found.test.answers.items():
        if answer.status in _OPEN:
            yield f"Test, {NAMES[category]} ({say_status(answer.status)}): {answer.detail}"
