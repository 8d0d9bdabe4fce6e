"""From a plan of experiments to `chaos.md` in the incident's folder; what people wrote in it stays.

The texts of rule files are Markdown, text of logs is inert. The document holds no time of its own writing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.facts import Analysis, Change, Incident, Metric
from hotfix.core.settings import (
    CONFIDENCE_TO_ACT,
    EXCERPT_COLUMNS,
    ROLLBACK_ERROR_RATIO,
    ROLLBACK_P95_RATIO,
    ROLLBACK_VOLUME_RATIO,
)
from hotfix.core.text import format_time, say_span
from hotfix.learn.chaos import Candidate, ChaosPlan
from hotfix.learn.chaosrules import Experiment
from hotfix.learn.regiondocument import Written, read_old, write_kept
from hotfix.learn.review import NOTICED_WITHIN_S
from hotfix.learn.reviewregions import mark_region, seal_document
from hotfix.report.answers import describe_deploy, find_trigger
from hotfix.report.markdown import Markdown, code, finish
from hotfix.report.plain import shorten
from hotfix.report.reviewreport import OPEN
from hotfix.report.templating import Filter, fill_template
from hotfix.report.words import say_number, say_series, say_share, say_value

CHAOS = "chaos.md"
SCHEMA = "hotfix.chaos/1"

_LAB_FOLDER = "/tmp/lab"  # noqa: S108  # where the user's own command puts a recording
_ASKED = "When is it run, by which role, and who is told before?"
_CAME = "What came of it, and which action follows?"


@dataclass(frozen=True, slots=True)
class Material:
    """All that goes into the document."""

    analysis: Analysis
    incident: Incident
    plan: ChaosPlan


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the steady state, in words."""

    series: str
    before: str
    during: str
    stop: str


def write_chaos(folder: Path, material: Material) -> Written:
    """Write `chaos.md` into an incident's folder, keeping what people wrote in their regions.

    Raises:
        InputError: the document that is there cannot be read, or a mark of it is broken.
        UsageError: the folder cannot be written.
        RuleError: the template is missing.
    """
    path = folder / CHAOS
    return write_kept(path, render_chaos(material), read_old(path), folder)


def render_chaos(material: Material) -> str:
    """Return the document as it is made from the facts."""
    analysis, incident, plan = material.analysis, material.incident, material.plan
    trigger = find_trigger(analysis)
    values = {
        "incident": incident,
        "diagnosis": analysis.diagnosis,
        "bar": CONFIDENCE_TO_ACT[incident.severity],
        "trigger": describe_deploy(trigger.deploy) if trigger else None,
        "plan": plan,
        "figures": state_figures(material),
        "detection": state_detection(material),
        "reached": Markdown(", ".join(map(code, plan.reached))) if plan.reached else None,
        "candidates": [_lay_out(one, plan.service) for one in plan.candidates],
    }
    return seal_document(fill_template(CHAOS, values, _FILTERS, finish))


def render_chaos_json(material: Material, written: Written) -> str:
    """Return what ``hotfix chaos plan --json`` prints: one object, ASCII only."""
    plan = material.plan
    whole = {
        "schema": SCHEMA,
        "incident": material.incident.id,
        "document": str(written.path),
        "service": plan.service,
        "sure": plan.sure,
        "detection": state_detection(material),
        "steady_state": [
            {"series": one.series, "before": one.before, "during": one.during, "stop": one.stop}
            for one in state_figures(material)
        ],
        "families": [_describe(one, plan.service) for one in plan.candidates],
        "conflicts": list(written.conflicts),
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)


def state_figures(material: Material) -> tuple[Figure, ...]:
    """Return the figures of the steady state, with the numbers of the incident."""
    return tuple(
        Figure(
            say_series(material.analysis, one),
            say_value(one.metric, one.before),
            say_value(one.metric, one.after),
            _say_stop(one),
        )
        for one in material.plan.figures
    )


def state_detection(material: Material) -> str:
    """Return whether an alert told of the incident, and what the experiment asks of it."""
    alert, within = material.plan.alert, say_span(NOTICED_WITHIN_S)
    if alert is None:
        return (
            "no alert is recorded to have told of the incident; an experiment passes only when one rings within "
            f"{within} of the fault."
        )
    after = say_span((alert.at - material.incident.started_at).total_seconds())
    side = "after" if alert.at >= material.incident.started_at else "before"
    name = alert.details.get("alert")
    return f"the alert {name} told of it {after} {side} the onset; it has to ring within {within} of the fault."


def list_lab(candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """Return the scenarios of the incident lab for a family, each with its command (about twelve minutes)."""
    command = "PYTHONPATH=benchmarks python3 -m lab.record {} --out " + _LAB_FOLDER
    return tuple((name, command.format(name)) for name in candidate.found.lab)


def _say_stop(change: Change) -> str:
    """Return at which value to stop: where a rollout would go back, else where the incident was."""
    if change.metric is Metric.ERROR_RATIO and change.before < ROLLBACK_ERROR_RATIO:
        return f"above {say_share(ROLLBACK_ERROR_RATIO)}"
    if change.metric is Metric.LATENCY_P95:
        return f"above {say_value(change.metric, ROLLBACK_P95_RATIO * change.before)}, {ROLLBACK_P95_RATIO:g} × before"
    if change.metric is Metric.VOLUME and change.after < change.before:
        share = say_share(ROLLBACK_VOLUME_RATIO)
        return f"below {say_number(ROLLBACK_VOLUME_RATIO * change.before)}/min, {share} of before"
    if change.before == 0:
        return "it comes outside of the blast radius"
    return f"it reaches {say_value(change.metric, change.after)}, as in the incident"


def _lay_out(candidate: Candidate, service: str) -> Mapping[str, object]:
    """Return a family as the template lays it out."""
    found, name = candidate.found, candidate.found.family.replace("_", "-")
    asked = f"{OPEN} (service team): "
    return {
        "family": found.family,
        "statement": candidate.statement,
        "why_none": found.why_none,
        "experiments": [_fill(one, code(service), Markdown) for one in found.experiments],
        "lab": [{"name": name, "command": Markdown(command)} for name, command in list_lab(candidate)],
        "region_run": Markdown(mark_region(f"run-{name}", asked + _ASKED)),
        "region_result": Markdown(mark_region(f"result-{name}", asked + _CAME)),
    }


def _describe(candidate: Candidate, service: str) -> Mapping[str, object]:
    """Return a family as plain values for JSON."""
    return {
        "family": candidate.found.family,
        "statement": candidate.statement,
        "confidence": candidate.confidence,
        "why_none": candidate.found.why_none,
        "experiments": [_fill(one, service, str) for one in candidate.found.experiments],
        "lab": [{"scenario": name, "command": command} for name, command in list_lab(candidate)],
    }


def _fill(experiment: Experiment, service: str, made: type[str]) -> Mapping[str, object]:
    """Return an experiment with the service in its texts."""

    def _name(text: str) -> str:
        return made(text.replace("{service}", service))

    def _each(texts: Sequence[str]) -> list[str]:
        return [_name(text) for text in texts]

    return {
        "title": _name(experiment.title),
        "fault": _name(experiment.fault),
        "hypothesis": _name(experiment.hypothesis),
        "inject": _each(experiment.inject),
        "blast": _name(experiment.blast),
        "abort": _name(experiment.abort),
        "observe": _each(experiment.observe),
        "rollback": _each(experiment.rollback),
    }


_FILTERS: dict[str, Filter] = {
    "code": code,
    "percent": "{:.0%}".format,
    "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    "time": format_time,
}
