"""Writes facts as words and numbers that a reader takes in at a glance: spans, places, values, names of choices."""

import math

from hotfix.core.facts import Analysis, Approach, Change, DeployKind, EvidenceKind, Metric, Place, Rung, Verdict
from hotfix.core.text import format_time, say_span

VERDICTS = {
    Verdict.INCIDENT: "Incident",
    Verdict.NO_INCIDENT: "No incident",
    Verdict.RECOVERED: "Recovered by itself",
    Verdict.INCONCLUSIVE: "Inconclusive",
}
APPROACHES = {
    Approach.ROLLBACK: "Roll back",
    Approach.REVERT: "Revert the commit",
    Approach.PATCH: "Patch the code",
    Approach.CONFIG: "Change the configuration",
    Approach.DATA: "Repair the data",
    Approach.SCALE: "Add capacity",
    Approach.WAIT: "Wait and watch",
}
METRICS = {
    Metric.ERROR_RATIO: "share of error records",
    Metric.TEMPLATE_COUNT: "records of one message",
    Metric.VOLUME: "records",
    Metric.LATENCY_P95: "duration, 95th percentile",
}
RUNGS = {
    Rung.MODEL_VERIFIED: "worded by the local model, every claim verified",
    Rung.MODEL_STRUCK: "worded by the local model, claims that did not hold struck",
    Rung.TEMPLATES: "worded by templates filled from ranked evidence",
    Rung.EVIDENCE_TABLE: "evidence only, no wording",
}
EVIDENCE_KINDS = {
    EvidenceKind.LOG: "log record",
    EvidenceKind.STACK_TRACE: "stack trace",
    EvidenceKind.CHANGE: "first record of a change",
    EvidenceKind.DEPLOY: "change in the world",
    EvidenceKind.CLUE: "finding",
}
DEPLOYED = (DeployKind.DEPLOYMENT, DeployKind.COMMIT, DeployKind.MIGRATION)
CONFIGURED = (DeployKind.CONFIG, DeployKind.FLAG)
INFRASTRUCTURE = (DeployKind.PACKAGE, DeployKind.RESTART)


def say_place(place: Place) -> str:
    """Return ``file:line``, or ``file:line-end`` for several lines."""
    lines = f"{place.line}" if place.end_line <= place.line else f"{place.line}-{place.end_line}"
    return f"{place.file}:{lines}"


def say_number(number: float) -> str:
    """Return a number with three digits that matter, and whole beyond a thousand."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def say_share(share: float) -> str:
    """Return a share of 0..1 in percent, with as many digits as it needs to differ from none and all."""
    percent = share * 100
    if 0 < percent < 0.1:
        return f"{percent:.2g}%"
    if 99.9 < percent < 100:
        return f"{math.floor(percent * 100) / 100:.2f}%"
    return f"{percent:.1f}%".replace(".0%", "%")


def say_value(metric: Metric, value: float) -> str:
    """Return the value of a series with its unit."""
    if metric is Metric.ERROR_RATIO:
        return say_share(value)
    return f"{say_number(value)} ms" if metric is Metric.LATENCY_P95 else f"{say_number(value)}/min"


def say_rise(change: Change) -> str:
    """Return how far a series moved, as a factor; ``new`` and ``gone`` where there is none."""
    ratio = change.ratio
    if ratio is None:
        return "new"
    return f"× {say_number(ratio)}" if ratio else "gone"


def say_shape(change: Change) -> str:
    """Return how a change looks over time, its period and its end."""
    period = f" every {say_span(change.period_s)}" if change.period_s else ""
    until = f", until {format_time(change.until)}" if change.until else ""
    return f"{change.shape.value}{period}{until}"


def say_strength(change: Change) -> str:
    """Return how sure a change is: the chance of seeing it when nothing changed, and the records behind it."""
    return f"p = {change.p_value:.1g}, n = {change.n_before:,} and {change.n_after:,}"


def say_count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun in the right form."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def say_series(analysis: Analysis, change: Change) -> str:
    """Return what a change is a change of: service, metric and, of a message, its text."""
    said = f"{change.service}: {METRICS[change.metric]}"
    text = next((template.text for template in analysis.templates if template.id == change.template_id), None)
    return f'{said} "{text}"' if text is not None else said


def list_words(words: tuple[str, ...], most: int = 8) -> str:
    """Return names joined by commas; beyond ``most`` only how many more there are."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most:,} more"
