"""Whole analyses as the pipeline builds them, by hand: one per verdict, and ones whose every text is hostile."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar, cast

from hotfix.core.facts import (
    Analysis,
    Approach,
    Change,
    Correlation,
    Curve,
    Deploy,
    DeployKind,
    Diagnosis,
    Evidence,
    EvidenceKind,
    Grade,
    Hypothesis,
    Impact,
    Incident,
    InputFile,
    Level,
    Metric,
    ModelUse,
    Novelty,
    Place,
    Recommendation,
    Rung,
    Severity,
    Shape,
    Skipped,
    SkippedStage,
    StruckClaim,
    Template,
    Verdict,
    Why,
)

T = TypeVar("T")

ONSET = datetime(2026, 1, 15, 14, 3, 7, 250_000, tzinfo=UTC)
FIRST, LAST = ONSET - timedelta(minutes=40), ONSET + timedelta(minutes=18, seconds=53)
DEPLOYED = ONSET - timedelta(seconds=5, milliseconds=250)

TRACE = """2026-01-15T14:03:07.250Z ERROR checkout request 7f3a failed
Traceback (most recent call last):
  File "/srv/checkout/app/cart.py", line 88, in total
    return sum(item["price"] for item in cart.discount["items"])
TypeError: 'NoneType' object is not subscriptable"""
GATEWAY = '10.0.3.7 - - [15/Jan/2026:14:03:07 +0000] "POST /checkout HTTP/1.1" 502 157'
RELEASE = "2026-01-15T14:03:02.000Z INFO deployer checkout 1.4.2 is live (was 1.4.1)"


def incident() -> Analysis:
    """Return an incident at P0 that a deployment of its own service preceded by five seconds."""
    return Analysis(
        version="0.1.0",
        command="hotfix analyze logs",
        files=_files(),
        skipped=(Skipped("logs/core.dump", "binary"),),
        notes=("logs/checkout.log: stamps without a zone are read as UTC",),
        records_total=24_310,
        records_by_level={"error": 1_404, "warn": 20, "info": 22_880, "unknown": 6},
        templates=_templates(),
        changes=_changes(),
        deploys=(
            Deploy("D1", FIRST + timedelta(minutes=9), DeployKind.CONFIG, "gateway", None, "gateway timeout 3 s to 2 s",
                   "3 s", "2 s", Place("deploys.csv", 2, 2)),
            Deploy("D2", DEPLOYED, DeployKind.DEPLOYMENT, "checkout", "1.4.2", "checkout 1.4.2 is live (was 1.4.1)",
                   "1.4.1", "1.4.2", Place("logs/deployer.log", 17, 17)),
        ),
        correlations=(
            Correlation("D1", "C1", 1865.25, False, 0.08, 0.4),
            Correlation("D2", "C1", 5.25, True, 0.94, 0.01),
        ),
        incident=_incident(),
        evidence=_evidence(),
        diagnosis=_diagnosis(),
        timings={"read": 0.412, "changes": 0.2, "diagnosis": 0.051},
        skipped_stages=(SkippedStage("model", "no local model is set up; the words come from templates"),),
        series=(
            _curve("checkout", (*(0.004,) * 12, *(0.0,) * 28), 0.93),
            _curve("gateway", (*(0.001,) * 12, None, *(0.001,) * 27), 0.312),
        ),
    )  # fmt: skip


def recovered() -> Analysis:
    """Return an incident that ended inside the logs."""
    whole = incident()
    ended = ONSET + timedelta(minutes=5)
    assert whole.incident
    return replace(
        whole,
        incident=replace(whole.incident, ended_at=ended, status="recovered", severity=Severity.P1,
                         severity_rule="P1: 12.0% of 4,210 requests at gateway failed (5% to 25%)"),
        diagnosis=replace(
            whole.diagnosis,
            verdict=Verdict.RECOVERED,
            recommendation=Recommendation(
                Approach.WAIT, ("Change nothing now; keep these logs", "Compare the heap before and after"),
                Grade.LOW, Grade.LOW, "it ended by itself; find out why before it comes back", 0),
        ),
    )  # fmt: skip


def no_incident() -> Analysis:
    """Return logs in which nothing got worse."""
    statement = "nothing got worse in 24,310 records; 12 of them are errors, whose rise, if any, may be chance"
    return _quiet(Verdict.NO_INCIDENT, statement, ())


def inconclusive() -> Analysis:
    """Return logs of which nothing can be said."""
    statement = "no record carries a time, so before and after cannot be told apart"
    analysis = _quiet(Verdict.INCONCLUSIVE, statement, ("logs from before and after the trouble, with times",))
    return replace(analysis, files=tuple(replace(file, first=None, last=None) for file in analysis.files))


def unexplained() -> Analysis:
    """Return an incident of which no record says why."""
    whole = incident()
    statement = "checkout: error_ratio went from 0 to 0.93 at 2026-01-15T14:03:07.250Z; no record says why"
    return replace(
        whole,
        deploys=(),
        correlations=(),
        evidence=whole.evidence[3:4],
        diagnosis=Diagnosis(
            verdict=Verdict.INCONCLUSIVE, category="unknown", service="checkout", statement=statement, confidence=0.0,
            by="rules", rung=Rung.TEMPLATES, evidence=("E4",), five_whys=(), contributing=(), hypotheses=(),
            missing=("records at warning level or above from the services that changed",), recommendation=None),
    )  # fmt: skip


def worded() -> Analysis:
    """Return the incident in the words of a local model, of which two sentences did not hold."""
    whole = incident()
    said = 'checkout logged "object is not subscriptable" [E1], 5.2 s after checkout 1.4.2 [E2].'
    struck = (
        StruckClaim("All is well now [E1].", "the word 'All' stands in none of the cited facts"),
        StruckClaim("Ask <b>ops</b> [E99].", "E99 is the id of no fact"),
    )
    return replace(
        whole,
        diagnosis=replace(whole.diagnosis, statement=said, rung=Rung.MODEL_STRUCK),
        model=ModelUse("some-3b", "ab" * 32, 2, 2_100, 900, 140, 3.5, 21.25, 3, struck),
        skipped_stages=(),
    )


VERDICTS: dict[str, Callable[[], Analysis]] = {
    "incident": incident,
    "recovered": recovered,
    "no_incident": no_incident,
    "inconclusive": inconclusive,
    "unexplained": unexplained,
    "worded": worded,
}


def with_texts(analysis: T, text: Callable[[str], str]) -> T:
    """Return the value with every text that logs, paths or users can write replaced; ids and choices stay."""
    return cast("T", _rewrite(analysis, "", text))


_OWN = frozenset({"id", "evidence", "supports", "against", "deploy", "change", "status", "category", "by", "version",
                  "template_id", "timings", "records_by_level", "stage"})  # fmt: skip
"""Fields that only hotfix writes."""


def _rewrite(value: object, name: str, text: Callable[[str], str]) -> object:
    if name in _OWN and not (isinstance(value, tuple) and value and is_dataclass(value[0])):
        return value
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return text(value)
    if isinstance(value, tuple):
        return tuple(_rewrite(item, "" if is_dataclass(item) else name, text) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _rewrite(getattr(value, one.name), one.name, text) for one in fields(value)})
    return value


def _files() -> tuple[InputFile, ...]:
    return (
        InputFile("logs/checkout.log", "plain", 2_204_511, 31_022, 12_100, 6, FIRST, LAST, "assumed UTC", "checkout"),
        InputFile(
            "logs/gateway/access.log", "access-combined", 1_010_220, 12_193, 12_193, 0, FIRST, LAST, "+00:00", "gateway"
        ),
        InputFile("logs/deployer.log", "plain", 1_310, 17, 17, 0, FIRST, DEPLOYED, "Z", "deployer"),
    )


def _templates() -> tuple[Template, ...]:
    return (
        Template("t-served", "GET <*> served in <*> ms", 22_880, Level.INFO, ("gateway",), FIRST, LAST, Novelty.STEADY,
                 Place("logs/gateway/access.log", 1, 1)),
        Template("t-type", "request <*> failed", 1_310, Level.ERROR, ("checkout",), ONSET, LAST, Novelty.NEW,
                 Place("logs/checkout.log", 20_411, 20_415)),
    )  # fmt: skip


def _changes() -> tuple[Change, ...]:
    first, slow = Place("logs/checkout.log", 20_411, 20_415), Place("logs/gateway/access.log", 8_100, 8_100)
    refused = Place("logs/gateway/access.log", 8_001, 8_001)
    return (
        _change("C1", 0.0, Metric.ERROR_RATIO, "checkout", (0.0006, 0.93), (8_120, 1_402), 1e-300, first),
        replace(_change("C2", 0.0, Metric.TEMPLATE_COUNT, "checkout", (0.0, 69.4), (0, 1_310), 2e-250, first),
                template_id="t-type"),
        _change("C3", 0.2, Metric.ERROR_RATIO, "gateway", (0.001, 0.312), (8_000, 4_210), 3e-80, refused),
        replace(_change("C4", 30.0, Metric.LATENCY_P95, "gateway", (120.0, 640.0), (8_000, 4_210), 1e-9, slow),
                shape=Shape.GRADUAL),
    )  # fmt: skip


def _change(  # noqa: PLR0913, PLR0917  # the fields of a change that differ
    ident: str,
    after_s: float,
    metric: Metric,
    service: str,
    values: tuple[float, float],
    counts: tuple[int, int],
    p_value: float,
    first: Place,
) -> Change:
    at = ONSET + timedelta(seconds=after_s)
    return Change(ident, at, metric, service, None, Shape.SUDDEN, *values, *counts, p_value, None, first)


def _curve(service: str, before: tuple[float | None, ...], since: float) -> Curve:
    return Curve(service, Metric.ERROR_RATIO, None, FIRST, 60.0, (*before, *(since,) * 19))


def _incident() -> Incident:
    calculation = "1,314 of 4,210 requests at gateway failed between start and end of the incident"
    return Incident(
        id="20260115T140307Z-checkout",
        started_at=ONSET,
        detected_at=ONSET,
        ended_at=None,
        status="ongoing",
        severity=Severity.P0,
        severity_rule="P0: 31.2% of 4,210 requests at gateway failed (more than 25%)",
        services=("checkout", "gateway"),
        shape=Shape.SUDDEN,
        impact=Impact(1_314 / 4_210, 1_314, 4_210, "requests at gateway", None, calculation),
    )


def _evidence() -> tuple[Evidence, ...]:
    return (
        Evidence("E1", EvidenceKind.STACK_TRACE, ONSET, "checkout",
                 "checkout logs TypeError at app/cart.py:88 in total 1,310 times, never before",
                 TRACE, Place("logs/checkout.log", 20_411, 20_415)),
        Evidence("E2", EvidenceKind.DEPLOY, DEPLOYED, "checkout",
                 "deployment at 2026-01-15T14:03:02Z: checkout 1.4.2 is live (was 1.4.1)", RELEASE,
                 Place("logs/deployer.log", 17, 17)),
        Evidence("E3", EvidenceKind.LOG, ONSET + timedelta(seconds=0.2), "gateway",
                 "gateway logs error record 1,314 times since 2026-01-15T14:03:07.450Z, 8 before", GATEWAY,
                 Place("logs/gateway/access.log", 8_001, 8_001)),
        Evidence("E4", EvidenceKind.CHANGE, ONSET, "checkout",
                 "share of error records of checkout went from 0.0006 to 0.93 at 2026-01-15T14:03:07.250Z",
                 TRACE, Place("logs/checkout.log", 20_411, 20_415)),
    )  # fmt: skip


def _diagnosis() -> Diagnosis:
    statement = (
        "checkout: TypeError at app/cart.py:88 in total, since 2026-01-15T14:03:07.250Z, "
        "5 s after checkout 1.4.2 is live (was 1.4.1)"
    )
    return Diagnosis(
        verdict=Verdict.INCIDENT,
        category="null_reference",
        service="checkout",
        statement=statement,
        confidence=0.91,
        by="rules",
        rung=Rung.TEMPLATES,
        evidence=("E1", "E2", "E4"),
        five_whys=(
            Why("Why did checkout and gateway fail from 2026-01-15T14:03:07.250Z on?",
                "TypeError: 'NoneType' object is not subscriptable", ("E1",), hypothesis=False),
            Why("Why did app/cart.py:88 meet nothing where it expected a value?",
                "checkout 1.4.2 changed what reaches it", ("E1", "E2"), hypothesis=False),
            Why("Why did no check catch it?", "no test covers a cart without a discount", (), hypothesis=True),
        ),
        contributing=("gateway had become slower before: 118 to 120 ms (p95)",),
        hypotheses=(
            Hypothesis(1, "null_reference", "checkout", statement, 0.91, ("E1", "E2", "E4"), (), None),
            Hypothesis(2, "dependency_timeout", "gateway",
                       "gateway: dependency timeout, since 2026-01-15T14:03:07.450Z", 0.06,
                       ("E3",), ("E1",), "a victim: its own records name checkout"),
        ),
        missing=("metrics of the hosts (CPU, memory, disk) at the onset",),
        recommendation=Recommendation(
            approach=Approach.ROLLBACK,
            actions=("Roll back checkout from 1.4.2 to 1.4.1", "Watch checkout until its errors stop",
                     "Guard the value before it is used, and log when it is missing"),
            complexity=Grade.LOW,
            risk=Grade.LOW,
            reason="the incident began after checkout 1.4.2 is live (was 1.4.1); undoing it is quicker and safer",
            estimated_minutes=10,
        ),
    )  # fmt: skip


def _quiet(verdict: Verdict, statement: str, missing: tuple[str, ...]) -> Analysis:
    whole = incident()
    return replace(
        whole,
        changes=(),
        deploys=(),
        correlations=(),
        incident=None,
        evidence=(),
        series=(),
        diagnosis=Diagnosis(
            verdict=verdict, category=None, service=None, statement=statement, confidence=0.0, by="rules",
            rung=Rung.EVIDENCE_TABLE, evidence=(), five_whys=(), contributing=(), hypotheses=(), missing=missing,
            recommendation=None),
    )  # fmt: skip
