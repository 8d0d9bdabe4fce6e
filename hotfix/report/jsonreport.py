"""From an analysis to `report.json`, schema `hotfix.report/1`: plain values that `json` can write.

The keys are a contract (`templates/report.schema.json`): they are only ever added to. Reading back is in `jsonread`.
"""

import json
import math
from collections.abc import Sequence
from datetime import datetime

from hotfix.core.facts import (
    Analysis,
    Change,
    Correlation,
    Curve,
    Deploy,
    Diagnosis,
    Evidence,
    Hypothesis,
    Impact,
    Incident,
    InputFile,
    ModelUse,
    Place,
    Recommendation,
    Similar,
    Template,
    Why,
)
from hotfix.core.node import Node
from hotfix.core.text import format_time
from hotfix.learn.card import REPORT_SCHEMA

Json = dict[str, object]


def render_json(analysis: Analysis) -> str:
    """Return `report.json` as text: indented, one newline at the end, ASCII only.

    Control characters, escapes of terminals and bidirectional overrides from logs are thus written as JSON escapes
    and reach no terminal, whatever shows the file.
    """
    return json.dumps(to_json(analysis), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def to_json(analysis: Analysis) -> Json:
    """Return the whole analysis in the shape of schema `hotfix.report/1`; the same analysis gives the same value."""
    return {
        "schema": REPORT_SCHEMA,
        "version": analysis.version,
        "command": analysis.command,
        "inputs": {
            "files": [_file(file) for file in analysis.files],
            "skipped": [{"where": skipped.where, "reason": skipped.reason} for skipped in analysis.skipped],
            "notes": list(analysis.notes),
        },
        "records": {"total": analysis.records_total, "by_level": dict(analysis.records_by_level)},
        "templates": [_template(template) for template in analysis.templates],
        "changes": [_change(change) for change in analysis.changes],
        "deploys": [_deploy(deploy) for deploy in analysis.deploys],
        "correlations": [_correlation(pair) for pair in analysis.correlations],
        "series": [_curve(curve) for curve in analysis.series],
        "incident": _incident(analysis.incident) if analysis.incident else None,
        "evidence": [_evidence(evidence) for evidence in analysis.evidence],
        "diagnosis": _diagnosis(analysis.diagnosis),
        "model": _model(analysis.model) if analysis.model else None,
        "similar": [_similar(one) for one in analysis.past.similar] if analysis.past else [],
        "compared": analysis.past.compared if analysis.past else None,
        "runbook": analysis.past.runbook if analysis.past else None,
        "timings": {stage: round(seconds, 6) for stage, seconds in analysis.timings.items()},
        "skipped_stages": [{"stage": skipped.stage, "reason": skipped.reason} for skipped in analysis.skipped_stages],
    }


def to_node(analysis: Analysis) -> Node:
    """Return the analysis as a report that is read back: what was made of it is made of a report on disk too."""
    return Node(to_json(analysis), "this analysis", REPORT_SCHEMA)


def _time(time: datetime | None) -> str | None:
    return format_time(time) if time else None


def _number(value: float | None) -> float | None:
    """JSON knows no infinity: what cannot be told is null."""
    return value if value is not None and math.isfinite(value) else None


def _place(place: Place) -> Json:
    return {"file": place.file, "line": place.line, "end_line": place.end_line}


def _file(file: InputFile) -> Json:
    return {
        "path": file.path,
        "format": file.format,
        "bytes": file.bytes,
        "lines": file.lines,
        "records": file.records,
        "unparsed": file.unparsed,
        "first": _time(file.first),
        "last": _time(file.last),
        "timezone": file.timezone,
        "service": file.service,
    }


def _template(template: Template) -> Json:
    return {
        "id": template.id,
        "text": template.text,
        "count": template.count,
        "level": template.level,
        "services": list(template.services),
        "first": _time(template.first),
        "last": _time(template.last),
        "novelty": template.novelty,
        "sample": _place(template.sample),
    }


def _change(change: Change) -> Json:
    return {
        "id": change.id,
        "at": _time(change.at),
        "shape": change.shape,
        "series": {"service": change.service, "metric": change.metric, "template": change.template_id},
        "before": _number(change.before),
        "after": _number(change.after),
        "ratio": _number(change.ratio),
        "p_value": _number(change.p_value),
        "n_before": change.n_before,
        "n_after": change.n_after,
        "until": _time(change.until),
        "period_s": change.period_s,
        "place": _place(change.first) if change.first else None,
    }


def _deploy(deploy: Deploy) -> Json:
    return {
        "id": deploy.id,
        "at": _time(deploy.at),
        "kind": deploy.kind,
        "service": deploy.service,
        "version": deploy.version,
        "summary": deploy.summary,
        "before": deploy.before,
        "after": deploy.after,
        "source": _place(deploy.source),
        "started": _place(deploy.started) if deploy.started else None,
    }


def _correlation(pair: Correlation) -> Json:
    return {
        "deploy": pair.deploy,
        "change": pair.change,
        "lag_s": pair.lag_s,
        "service_match": pair.service_match,
        "score": pair.score,
        "chance": pair.chance,
        "shared": list(pair.shared),
    }


def _curve(curve: Curve) -> Json:
    return {
        "service": curve.service,
        "metric": curve.metric,
        "template": curve.template_id,
        "start": _time(curve.start),
        "width_s": curve.width_s,
        "values": [_number(value) for value in curve.values],
    }


def _incident(incident: Incident) -> Json:
    return {
        "id": incident.id,
        "started_at": _time(incident.started_at),
        "detected_at": _time(incident.detected_at),
        "ended_at": _time(incident.ended_at),
        "status": incident.status,
        "severity": incident.severity,
        "severity_rule": incident.severity_rule,
        "services": list(incident.services),
        "shape": incident.shape,
        "impact": _impact(incident.impact),
    }


def _impact(impact: Impact) -> Json:
    return {
        "request_share": impact.request_share,
        "failed": impact.failed,
        "total": impact.total,
        "basis": impact.basis,
        "users_affected": impact.users_affected,
        "calculation": impact.calculation,
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "id": evidence.id,
        "kind": evidence.kind,
        "time": _time(evidence.time),
        "service": evidence.service,
        "statement": evidence.statement,
        "excerpt": evidence.excerpt,
        "place": _place(evidence.place),
    }


def _diagnosis(diagnosis: Diagnosis) -> Json:
    return {
        "verdict": diagnosis.verdict,
        "category": diagnosis.category,
        "service": diagnosis.service,
        "statement": diagnosis.statement,
        "confidence": diagnosis.confidence,
        "by": diagnosis.by,
        "rung": diagnosis.rung,
        "evidence": list(diagnosis.evidence),
        "five_whys": _whys(diagnosis.five_whys),
        "contributing": list(diagnosis.contributing),
        "hypotheses": [_hypothesis(hypothesis) for hypothesis in diagnosis.hypotheses],
        "missing": list(diagnosis.missing),
        "recommendation": _recommendation(diagnosis.recommendation) if diagnosis.recommendation else None,
    }


def _whys(whys: Sequence[Why]) -> list[Json]:
    return [
        {"why": why.why, "because": why.because, "evidence": list(why.evidence), "hypothesis": why.hypothesis}
        for why in whys
    ]


def _hypothesis(hypothesis: Hypothesis) -> Json:
    return {
        "rank": hypothesis.rank,
        "category": hypothesis.category,
        "service": hypothesis.service,
        "statement": hypothesis.statement,
        "confidence": hypothesis.confidence,
        "for": list(hypothesis.supports),
        "against": list(hypothesis.against),
        "rejected": hypothesis.rejected,
    }


def _recommendation(recommendation: Recommendation) -> Json:
    return {
        "approach": recommendation.approach,
        "actions": list(recommendation.actions),
        "complexity": recommendation.complexity,
        "risk": recommendation.risk,
        "reason": recommendation.reason,
        "estimated_minutes": recommendation.estimated_minutes,
    }


def _similar(past: Similar) -> Json:
    return {
        "incident": past.incident,
        "score": past.score,
        "shared": list(past.shared),
        "differs": list(past.differs),
        "statement": past.statement,
    }


def _model(use: ModelUse) -> Json:
    return {
        "name": use.name,
        "sha256": use.sha256,
        "calls": use.calls,
        "prompt_tokens": use.prompt_tokens,
        "reused_tokens": use.reused_tokens,
        "output_tokens": use.output_tokens,
        "first_token_s": round(use.first_token_s, 6),
        "seconds": round(use.seconds, 6),
        "accepted_claims": use.accepted_claims,
        "struck_claims": len(use.struck),
        "struck": [{"sentence": one.sentence, "reason": one.reason} for one in use.struck],
    }
