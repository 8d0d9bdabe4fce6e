"""Findings of earlier steps, as their own writers write them, for plans of rollouts: each can be made otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hotfix.core.facts import Analysis, Approach, Severity
from hotfix.repair.contract import PATCH_JSON, Candidate, Choice, Decision, FileChange, Judged, Proposal
from hotfix.repair.verify.contract import (
    TEST_JSON,
    Category,
    CategoryResult,
    Depth,
    Status,
    TestVerdict,
    Verification,
)
from hotfix.repair.verify.verdict import decide_verdict
from hotfix.report.files import write_incident
from hotfix.report.patchreport import render_patch_json
from hotfix.report.testreport import render_test_json
from hotfix.rollout.plan.configuration import read_configuration
from hotfix.rollout.plan.contract import Commands, Plan, Rehearsal
from hotfix.rollout.plan.findings import read_findings
from hotfix.rollout.plan.known import Findings
from hotfix.rollout.plan.planning import find_severity, lay_ground, plan_rollout
from hotfix.rollout.strategies import Strategy
from tests.report.analyses import incident

_NAME = "20260115T140307Z-checkout"
BACK = f"hotfix deploy rollback {_NAME}"
NOW = datetime(2026, 1, 15, 14, 40, tzinfo=UTC)
BASE = "2b49ef27c9" + "0" * 30
RELEASE = Decision(Choice.PATCH, "no release came shortly before, so there is nothing to go back to")


def patched(decision: Decision = RELEASE, files: tuple[str, ...] = ("app/cart.py",), **changes: object) -> Proposal:
    """Return what `hotfix patch` found: one candidate that passed its gates."""
    candidate = Candidate(
        rung="fixer:missing_value",
        base=BASE,
        edits=(),
        diff=b"",
        files=tuple(FileChange(path, 2, 1) for path in files),
        rationale="The value may be missing.",
        measures=(),
        mitigation=False,
    )
    judged = (Judged(replace(candidate, **changes), ()),)
    return Proposal(_NAME, "shop", BASE, decision, (), (), judged, (), ())


def verified(
    statuses: Mapping[Category, Status] | None = None, files: tuple[str, ...] = ("app/cart.py",), base: str = BASE
) -> Verification:
    """Return what `hotfix test` found; every category passed unless another status is given."""
    results = tuple(
        CategoryResult(
            category,
            (statuses or {}).get(category, Status.PASSED),
            f"{category} was tried.",
            "git apply --reverse patch.diff" if category is Category.ROLLBACK else "python -m pytest",
            2.0,
        )
        for category in Category
    )
    verdict, rule = decide_verdict(results)
    depth = Depth("critical", narrow=True, suite_after_rollback=False, pairs=(6,), seconds=60.0)
    return Verification(
        _NAME, Severity.P0, depth, "shop", base, "patch.diff", files, TestVerdict(verdict), rule,
        results, "Confined.", True, None, (), 12.5,
    )  # fmt: skip


def going_forward(severity: Severity = Severity.P0) -> Analysis:
    """Return the incident of the reports' tests, at a severity, whose diagnosis asks for a patch."""
    analysis = incident()
    assert analysis.incident
    assert analysis.diagnosis.recommendation
    asked = replace(analysis.diagnosis.recommendation, approach=Approach.PATCH)
    return replace(
        analysis,
        incident=replace(analysis.incident, severity=severity),
        diagnosis=replace(analysis.diagnosis, recommendation=asked),
    )


def with_requests(analysis: Analysis, total: int) -> Analysis:
    """Return an analysis in whose incident so many requests were counted."""
    assert analysis.incident
    impact = replace(analysis.incident.impact, total=total)
    return replace(analysis, incident=replace(analysis.incident, impact=impact))


def write_folder(
    folder: Path, analysis: Analysis, proposal: Proposal | None = None, found: Verification | None = None
) -> Path:
    """Return an incident folder in which the steps that are given have run."""
    write_incident(folder, analysis)
    if proposal:
        (folder / PATCH_JSON).write_text(render_patch_json(proposal, folder, 3.5))
    if found:
        (folder / TEST_JSON).write_text(render_test_json(found))
    return folder


def find(
    folder: Path,
    analysis: Analysis | None = None,
    proposal: Proposal | None = None,
    found: Verification | None = None,
) -> Findings:
    """Return the findings of a folder, written and read again."""
    whole = analysis or going_forward()
    return read_findings(write_folder(folder / "incident", whole, proposal, found), whole)


def make_plan(
    folder: Path,
    findings: Findings,
    text: str | None = None,
    asked: Strategy | None = None,
    rehearsal: Rehearsal | None = None,
) -> Plan:
    """Return the plan of findings with the text of a `hotfix.toml`, which is written into the folder."""
    if text is not None:
        (folder / "hotfix.toml").write_text(text)
    configuration = read_configuration(folder, find_severity(findings))
    ground = lay_ground(_NAME, Commands(f"hotfix deploy run {_NAME}", BACK), findings, configuration, asked)
    return plan_rollout(ground, rehearsal, NOW)
