"""From a `report.json` back to the analysis it was written from, so that later steps need no logs.

Reads every key of schema `hotfix.report/1` that an Analysis holds; unknown keys, added by later versions, are left.
"""

from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.facts import (
    Analysis,
    Approach,
    Change,
    Comparison,
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
    Similar,
    Skipped,
    SkippedStage,
    StruckClaim,
    Template,
    Verdict,
    Why,
)
from hotfix.core.node import Node
from hotfix.learn.card import REPORT_SCHEMA


def read_report(path: Path) -> Analysis:
    """Return the analysis that a `report.json` holds.

    Raises:
        InputError: the file cannot be read, is no JSON, or breaks the schema; the message names file and key.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"expected a report at {path}, found: {error.strerror}") from None
    return _read_analysis(Node.parse(content, str(path), REPORT_SCHEMA))


def from_json(report: object, where: str = "report.json") -> Analysis:
    """Return the analysis that `to_json` gave this value for; ``where`` names the report in errors.

    Raises:
        InputError: the value breaks the schema; the message names the key.
    """
    return _read_analysis(Node(report, where, REPORT_SCHEMA))


def _read_analysis(root: Node) -> Analysis:
    root.check_schema()
    inputs, records = root.get("inputs"), root.get("records")
    return Analysis(
        version=root.get("version").text(),
        command=root.get("command").text(),
        files=tuple(_file(node) for node in inputs.each("files")),
        skipped=tuple(Skipped(node.get("where").text(), node.get("reason").text()) for node in inputs.each("skipped")),
        notes=inputs.texts("notes"),
        records_total=records.get("total").whole(),
        records_by_level={level: int(count) for level, count in _numbers(records.get("by_level")).items()},
        templates=tuple(_template(node) for node in root.each("templates")),
        changes=tuple(_change(node) for node in root.each("changes")),
        deploys=tuple(_deploy(node) for node in root.each("deploys")),
        correlations=tuple(_correlation(node) for node in root.each("correlations")),
        incident=root.optional("incident", _incident),
        evidence=tuple(_evidence(node) for node in root.each("evidence")),
        diagnosis=_diagnosis(root.get("diagnosis")),
        timings=_numbers(root.get("timings")),
        skipped_stages=tuple(
            SkippedStage(node.get("stage").text(), node.get("reason").text()) for node in root.each("skipped_stages")
        ),
        series=tuple(_curve(node) for node in root.each("series")),
        model=root.optional("model", _model),
        past=_past(root),
    )


def _numbers(node: Node) -> dict[str, float]:
    if not isinstance(node.value, dict):
        raise node.wrong("an object")
    return {str(key): node.get(key).number() for key in node.value}


def _place(node: Node) -> Place:
    return Place(node.get("file").text(), node.get("line").whole(), node.get("end_line").whole())


def _file(node: Node) -> InputFile:
    return InputFile(
        path=node.get("path").text(),
        format=node.get("format").text(),
        bytes=node.get("bytes").whole(),
        lines=node.get("lines").whole(),
        records=node.get("records").whole(),
        unparsed=node.get("unparsed").whole(),
        first=node.optional("first", Node.time),
        last=node.optional("last", Node.time),
        timezone=node.get("timezone").text(),
        service=node.optional("service", Node.text),
    )


def _template(node: Node) -> Template:
    return Template(
        id=node.get("id").text(),
        text=node.get("text").text(),
        count=node.get("count").whole(),
        level=node.optional("level", lambda level: level.one_of(Level)),
        services=node.texts("services"),
        first=node.optional("first", Node.time),
        last=node.optional("last", Node.time),
        novelty=node.get("novelty").one_of(Novelty),
        sample=_place(node.get("sample")),
    )


def _change(node: Node) -> Change:
    series = node.get("series")
    return Change(
        id=node.get("id").text(),
        at=node.get("at").time(),
        metric=series.get("metric").one_of(Metric),
        service=series.get("service").text(),
        template_id=series.optional("template", Node.text),
        shape=node.get("shape").one_of(Shape),
        before=_measured(node, "before"),
        after=_measured(node, "after"),
        n_before=node.get("n_before").whole(),
        n_after=node.get("n_after").whole(),
        p_value=_measured(node, "p_value"),
        until=node.optional("until", Node.time),
        first=node.optional("place", _place),
        period_s=node.optional("period_s", Node.number),
    )


def _measured(node: Node, key: str) -> float:
    value = node.optional(key, Node.number)
    return float("nan") if value is None else value


def _deploy(node: Node) -> Deploy:
    return Deploy(
        id=node.get("id").text(),
        at=node.get("at").time(),
        kind=node.get("kind").one_of(DeployKind),
        service=node.optional("service", Node.text),
        version=node.optional("version", Node.text),
        summary=node.get("summary").text(),
        before=node.optional("before", Node.text),
        after=node.optional("after", Node.text),
        source=_place(node.get("source")),
        started=node.optional("started", _place),
    )


def _correlation(node: Node) -> Correlation:
    return Correlation(
        deploy=node.get("deploy").text(),
        change=node.get("change").text(),
        lag_s=node.get("lag_s").number(),
        service_match=node.get("service_match").truth(),
        score=node.get("score").number(),
        chance=node.get("chance").number(),
        shared=node.texts("shared") if node.has("shared") else (),
    )


def _curve(node: Node) -> Curve:
    return Curve(
        service=node.get("service").text(),
        metric=node.get("metric").one_of(Metric),
        template_id=node.optional("template", Node.text),
        start=node.get("start").time(),
        width_s=node.get("width_s").number(),
        values=tuple(None if item.value is None else item.number() for item in node.each("values")),
    )


def _incident(node: Node) -> Incident:
    return Incident(
        id=node.get("id").text(),
        started_at=node.get("started_at").time(),
        detected_at=node.optional("detected_at", Node.time),
        ended_at=node.optional("ended_at", Node.time),
        status=node.get("status").text(),
        severity=node.get("severity").one_of(Severity),
        severity_rule=node.get("severity_rule").text(),
        services=node.texts("services"),
        shape=node.get("shape").one_of(Shape),
        impact=_impact(node.get("impact")),
    )


def _impact(node: Node) -> Impact:
    return Impact(
        request_share=node.optional("request_share", Node.number),
        failed=node.get("failed").whole(),
        total=node.get("total").whole(),
        basis=node.get("basis").text(),
        users_affected=node.optional("users_affected", Node.number),
        calculation=node.get("calculation").text(),
    )


def _evidence(node: Node) -> Evidence:
    return Evidence(
        id=node.get("id").text(),
        kind=node.get("kind").one_of(EvidenceKind),
        time=node.optional("time", Node.time),
        service=node.optional("service", Node.text),
        statement=node.get("statement").text(),
        excerpt=node.get("excerpt").text(),
        place=_place(node.get("place")),
    )


def _diagnosis(node: Node) -> Diagnosis:
    return Diagnosis(
        verdict=node.get("verdict").one_of(Verdict),
        category=node.optional("category", Node.text),
        service=node.optional("service", Node.text),
        statement=node.get("statement").text(),
        confidence=node.get("confidence").number(),
        by=node.get("by").text(),
        rung=node.get("rung").one_of(Rung),
        evidence=node.texts("evidence"),
        five_whys=tuple(_why(item) for item in node.each("five_whys")),
        contributing=node.texts("contributing"),
        hypotheses=tuple(_hypothesis(item) for item in node.each("hypotheses")),
        missing=node.texts("missing"),
        recommendation=node.optional("recommendation", _recommendation),
    )


def _why(node: Node) -> Why:
    return Why(
        why=node.get("why").text(),
        because=node.get("because").text(),
        evidence=node.texts("evidence"),
        hypothesis=node.get("hypothesis").truth(),
    )


def _hypothesis(node: Node) -> Hypothesis:
    return Hypothesis(
        rank=node.get("rank").whole(),
        category=node.get("category").text(),
        service=node.optional("service", Node.text),
        statement=node.get("statement").text(),
        confidence=node.get("confidence").number(),
        supports=node.texts("for"),
        against=node.texts("against"),
        rejected=node.optional("rejected", Node.text),
    )


def _recommendation(node: Node) -> Recommendation:
    return Recommendation(
        approach=node.get("approach").one_of(Approach),
        actions=node.texts("actions"),
        complexity=node.get("complexity").one_of(Grade),
        risk=node.get("risk").one_of(Grade),
        reason=node.get("reason").text(),
        estimated_minutes=node.get("estimated_minutes").whole(),
    )


def _past(root: Node) -> Comparison | None:
    compared = root.optional("compared", Node.whole) if root.has("compared") else None
    if compared is None:
        return None
    runbook = root.optional("runbook", Node.text) if root.has("runbook") else None
    return Comparison(compared, tuple(_similar(one) for one in root.each("similar")), runbook)


def _similar(node: Node) -> Similar:
    return Similar(
        incident=node.get("incident").text(),
        score=node.get("score").number(),
        shared=node.texts("shared"),
        differs=node.texts("differs"),
        statement=node.get("statement").text(),
    )


def _model(node: Node) -> ModelUse:
    return ModelUse(
        name=node.get("name").text(),
        sha256=node.optional("sha256", Node.text),
        calls=node.get("calls").whole(),
        prompt_tokens=node.get("prompt_tokens").whole(),
        reused_tokens=node.get("reused_tokens").whole(),
        output_tokens=node.get("output_tokens").whole(),
        first_token_s=node.get("first_token_s").number(),
        seconds=node.get("seconds").number(),
        accepted_claims=node.get("accepted_claims").whole(),
        struck=tuple(StruckClaim(one.get("sentence").text(), one.get("reason").text()) for one in node.each("struck")),
    )
