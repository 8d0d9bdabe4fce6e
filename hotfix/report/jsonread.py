"""From a `report.json` back to the analysis it was written from, so that later steps need no logs.

Reads every key of schema `hotfix.report/1` that an Analysis holds; unknown keys, added by later versions, are left.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import InputError
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
from hotfix.report.jsonreport import SCHEMA

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Node:
    """A value inside the report and the way to it, so that an error names its place."""

    value: object
    at: str

    def get(self, key: str) -> "_Node":
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        if key not in self.value:
            raise InputError(f"expected the key {key!r} at {self.at}, found none; is this a report of {SCHEMA}?")
        return _Node(self.value[key], f"{self.at}.{key}")

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def each(self, key: str) -> Iterator["_Node"]:
        node = self.get(key)
        if not isinstance(node.value, list):
            raise node.wrong("a list")
        return (_Node(item, f"{node.at}[{index}]") for index, item in enumerate(node.value))

    def optional(self, key: str, read: Callable[["_Node"], T]) -> T | None:
        node = self.get(key)
        return None if node.value is None else read(node)

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return self.value

    def number(self) -> float:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("a number")
        return self.value

    def whole(self) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("a whole number")
        return self.value

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def time(self) -> datetime:
        try:
            return datetime.fromisoformat(self.text())
        except ValueError:
            raise self.wrong("a time as ISO 8601") from None

    def one_of(self, choices: Callable[[str], T]) -> T:
        try:
            return choices(self.text())
        except ValueError:
            raise self.wrong("one of the schema's choices") from None

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(node.text() for node in self.each(key))

    def wrong(self, expected: str) -> InputError:
        return InputError(f"expected {expected} at {self.at}, found {self.value!r:.60}")


def read_report(path: Path) -> Analysis:
    """Return the analysis that a `report.json` holds.

    Raises:
        InputError: the file cannot be read, is no JSON, or breaks the schema; the message names file and key.
    """
    try:
        report: object = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"expected a report at {path}, found: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"expected JSON at {path}, found: {error}") from None
    return from_json(report, str(path))


def from_json(report: object, where: str = "report.json") -> Analysis:
    """Return the analysis that `to_json` gave this value for; ``where`` names the report in errors.

    Raises:
        InputError: the value breaks the schema; the message names the key.
    """
    root = _Node(report, where)
    if (schema := root.get("schema").value) != SCHEMA:
        raise InputError(f"expected schema {SCHEMA!r} at {where}, found {schema!r}")
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
    )


def _numbers(node: _Node) -> dict[str, float]:
    if not isinstance(node.value, dict):
        raise node.wrong("an object")
    return {str(key): node.get(key).number() for key in node.value}


def _place(node: _Node) -> Place:
    return Place(node.get("file").text(), node.get("line").whole(), node.get("end_line").whole())


def _file(node: _Node) -> InputFile:
    return InputFile(
        path=node.get("path").text(),
        format=node.get("format").text(),
        bytes=node.get("bytes").whole(),
        lines=node.get("lines").whole(),
        records=node.get("records").whole(),
        unparsed=node.get("unparsed").whole(),
        first=node.optional("first", _Node.time),
        last=node.optional("last", _Node.time),
        timezone=node.get("timezone").text(),
        service=node.optional("service", _Node.text),
    )


def _template(node: _Node) -> Template:
    return Template(
        id=node.get("id").text(),
        text=node.get("text").text(),
        count=node.get("count").whole(),
        level=node.optional("level", lambda level: level.one_of(Level)),
        services=node.texts("services"),
        first=node.optional("first", _Node.time),
        last=node.optional("last", _Node.time),
        novelty=node.get("novelty").one_of(Novelty),
        sample=_place(node.get("sample")),
    )


def _change(node: _Node) -> Change:
    series = node.get("series")
    return Change(
        id=node.get("id").text(),
        at=node.get("at").time(),
        metric=series.get("metric").one_of(Metric),
        service=series.get("service").text(),
        template_id=series.optional("template", _Node.text),
        shape=node.get("shape").one_of(Shape),
        before=_measured(node, "before"),
        after=_measured(node, "after"),
        n_before=node.get("n_before").whole(),
        n_after=node.get("n_after").whole(),
        p_value=_measured(node, "p_value"),
        until=node.optional("until", _Node.time),
        first=node.optional("place", _place),
        period_s=node.optional("period_s", _Node.number),
    )


def _measured(node: _Node, key: str) -> float:
    value = node.optional(key, _Node.number)
    return float("nan") if value is None else value


def _deploy(node: _Node) -> Deploy:
    return Deploy(
        id=node.get("id").text(),
        at=node.get("at").time(),
        kind=node.get("kind").one_of(DeployKind),
        service=node.optional("service", _Node.text),
        version=node.optional("version", _Node.text),
        summary=node.get("summary").text(),
        before=node.optional("before", _Node.text),
        after=node.optional("after", _Node.text),
        source=_place(node.get("source")),
        started=node.optional("started", _place),
    )


def _correlation(node: _Node) -> Correlation:
    return Correlation(
        deploy=node.get("deploy").text(),
        change=node.get("change").text(),
        lag_s=node.get("lag_s").number(),
        service_match=node.get("service_match").truth(),
        score=node.get("score").number(),
        chance=node.get("chance").number(),
        shared=node.texts("shared") if node.has("shared") else (),
    )


def _curve(node: _Node) -> Curve:
    return Curve(
        service=node.get("service").text(),
        metric=node.get("metric").one_of(Metric),
        template_id=node.optional("template", _Node.text),
        start=node.get("start").time(),
        width_s=node.get("width_s").number(),
        values=tuple(None if item.value is None else item.number() for item in node.each("values")),
    )


def _incident(node: _Node) -> Incident:
    return Incident(
        id=node.get("id").text(),
        started_at=node.get("started_at").time(),
        detected_at=node.optional("detected_at", _Node.time),
        ended_at=node.optional("ended_at", _Node.time),
        status=node.get("status").text(),
        severity=node.get("severity").one_of(Severity),
        severity_rule=node.get("severity_rule").text(),
        services=node.texts("services"),
        shape=node.get("shape").one_of(Shape),
        impact=_impact(node.get("impact")),
    )


def _impact(node: _Node) -> Impact:
    return Impact(
        request_share=node.optional("request_share", _Node.number),
        failed=node.get("failed").whole(),
        total=node.get("total").whole(),
        basis=node.get("basis").text(),
        users_affected=node.optional("users_affected", _Node.number),
        calculation=node.get("calculation").text(),
    )


def _evidence(node: _Node) -> Evidence:
    return Evidence(
        id=node.get("id").text(),
        kind=node.get("kind").one_of(EvidenceKind),
        time=node.optional("time", _Node.time),
        service=node.optional("service", _Node.text),
        statement=node.get("statement").text(),
        excerpt=node.get("excerpt").text(),
        place=_place(node.get("place")),
    )


def _diagnosis(node: _Node) -> Diagnosis:
    return Diagnosis(
        verdict=node.get("verdict").one_of(Verdict),
        category=node.optional("category", _Node.text),
        service=node.optional("service", _Node.text),
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


def _why(node: _Node) -> Why:
    return Why(
        why=node.get("why").text(),
        because=node.get("because").text(),
        evidence=node.texts("evidence"),
        hypothesis=node.get("hypothesis").truth(),
    )


def _hypothesis(node: _Node) -> Hypothesis:
    return Hypothesis(
        rank=node.get("rank").whole(),
        category=node.get("category").text(),
        service=node.optional("service", _Node.text),
        statement=node.get("statement").text(),
        confidence=node.get("confidence").number(),
        supports=node.texts("for"),
        against=node.texts("against"),
        rejected=node.optional("rejected", _Node.text),
    )


def _recommendation(node: _Node) -> Recommendation:
    return Recommendation(
        approach=node.get("approach").one_of(Approach),
        actions=node.texts("actions"),
        complexity=node.get("complexity").one_of(Grade),
        risk=node.get("risk").one_of(Grade),
        reason=node.get("reason").text(),
        estimated_minutes=node.get("estimated_minutes").whole(),
    )


def _model(node: _Node) -> ModelUse:
    return ModelUse(
        name=node.get("name").text(),
        sha256=node.optional("sha256", _Node.text),
        calls=node.get("calls").whole(),
        prompt_tokens=node.get("prompt_tokens").whole(),
        reused_tokens=node.get("reused_tokens").whole(),
        output_tokens=node.get("output_tokens").whole(),
        first_token_s=node.get("first_token_s").number(),
        seconds=node.get("seconds").number(),
        accepted_claims=node.get("accepted_claims").whole(),
        struck=tuple(StruckClaim(one.get("sentence").text(), one.get("reason").text()) for one in node.each("struck")),
    )
