"""Analyses as `hotfix patch` reads them, made by hand around the text of a failure."""

from datetime import UTC, datetime, timedelta

from hotfix.core.facts import (
    Analysis,
    Deploy,
    DeployKind,
    Diagnosis,
    Evidence,
    EvidenceKind,
    Impact,
    Incident,
    Place,
    Rung,
    Severity,
    Shape,
    Verdict,
)

ONSET = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def make_analysis(
    excerpt: str,
    category: str = "null_reference",
    *,
    deploys: tuple[Deploy, ...] = (),
    severity: Severity = Severity.P1,
) -> Analysis:
    """Return the analysis of one failure: its text is the only evidence beside the deploys, all of which are cited."""
    cited = [
        Evidence(f"E{number}", EvidenceKind.DEPLOY, one.at, one.service, one.summary, one.summary, one.source)
        for number, one in enumerate(deploys, start=2)
    ]
    failure = Evidence("E1", EvidenceKind.STACK_TRACE, ONSET, "shop", "shop fails", excerpt, Place("shop.log", 1, 9))
    impact = Impact(0.1, 10, 100, "requests", None, "10 of 100 requests")
    return Analysis(
        version="0",
        command="hotfix analyze",
        files=(),
        skipped=(),
        notes=(),
        records_total=100,
        records_by_level={},
        templates=(),
        changes=(),
        deploys=deploys,
        correlations=(),
        incident=Incident(
            id="20260304T120000Z-shop",
            started_at=ONSET,
            detected_at=ONSET,
            ended_at=None,
            status="ongoing",
            severity=severity,
            severity_rule="by the test",
            services=("shop",),
            shape=Shape.SUDDEN,
            impact=impact,
        ),
        evidence=(failure, *cited),
        diagnosis=Diagnosis(
            verdict=Verdict.INCIDENT,
            category=category,
            service="shop",
            statement="shop fails",
            confidence=0.9,
            by="rules",
            rung=Rung.TEMPLATES,
            evidence=("E1", *(one.id for one in cited)),
            five_whys=(),
            contributing=(),
            hypotheses=(),
            missing=(),
            recommendation=None,
        ),
    )


def make_release(version: str, before: str | None, *, lag_s: float = 10, commit: str = "") -> Deploy:
    """Return a release of the shop some seconds before the onset."""
    summary = f"shop {version}" + (f", commit {commit[:10]}" if commit else "")
    at = ONSET - timedelta(seconds=lag_s)
    return Deploy(
        f"D{version}", at, DeployKind.DEPLOYMENT, "shop", version, summary, before, version, Place(version, 1, 1)
    )
