"""Collects evidence: facts with an id, a statement written by code, and the verbatim lines that prove it."""

from collections.abc import Callable
from datetime import datetime

from hotfix.core.facts import Change, Deploy, Evidence, EvidenceKind, Metric, Place
from hotfix.core.text import format_time
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.suspects import Suspect

_METRIC_WORDS = {
    Metric.ERROR_RATIO: "share of error records",
    Metric.TEMPLATE_COUNT: "records per minute of one message",
    Metric.VOLUME: "records per minute",
    Metric.LATENCY_P95: "95th percentile of duration in ms",
}


class Exhibits:
    """Evidence in the order in which it was brought; the same lines are brought only once."""

    def __init__(self, open_text: Callable[[Place], str]) -> None:
        """Open places with ``open_text``."""
        self._open_text = open_text
        self._items: dict[tuple[EvidenceKind, Place], Evidence] = {}

    def add_suspect(self, suspect: Suspect) -> str:
        """Bring the first record of a message; returns its evidence id."""
        kind = EvidenceKind.STACK_TRACE if suspect.frame else EvidenceKind.LOG
        return self._add(kind, suspect.first, suspect.service, describe_suspect(suspect), suspect.place)

    def add_deploy(self, deploy: Deploy) -> str:
        """Bring the line that tells of a change in the world; returns its evidence id."""
        said = f"{deploy.kind.value} at {format_time(deploy.at)}: {deploy.summary}"
        return self._add(EvidenceKind.DEPLOY, deploy.at, deploy.service, said, deploy.source)

    def add_change(self, change: Change) -> str | None:
        """Bring the first record of a changed series; returns its evidence id, None when no record shows it."""
        if change.first is None:
            return None
        return self._add(EvidenceKind.CHANGE, change.at, change.service, describe_change(change), change.first)

    def add_clue(self, clue: Clue) -> str:
        """Bring the line that shows what a mechanism found; returns its evidence id."""
        return self._add(EvidenceKind.CLUE, clue.at, clue.service, clue.statement, clue.place)

    def all(self) -> tuple[Evidence, ...]:
        """Return what was brought so far."""
        return tuple(self._items.values())

    def _add(self, kind: EvidenceKind, time: datetime, service: str | None, said: str, place: Place) -> str:
        key = (kind, place)
        if key not in self._items:
            ident = f"E{len(self._items) + 1}"
            self._items[key] = Evidence(ident, kind, time, service, said, self._open_text(place), place)
        return self._items[key].id


def describe_suspect(suspect: Suspect) -> str:
    """Return one sentence on how often a message came, since when, and where it fails."""
    name = suspect.exception or f"{suspect.level.value if suspect.level else 'a'} record"
    where = f" at {suspect.frame}" if suspect.frame else ""
    before = f"{suspect.n_before:,} before" if suspect.n_before else "never before"
    return (
        f"{suspect.service or 'unknown service'} logs {name}{where} "
        f"{suspect.n_after:,} times since {format_time(suspect.first)}, {before}"
    )


def describe_change(change: Change) -> str:
    """Return one sentence on what a series did."""
    return (
        f"{_METRIC_WORDS[change.metric]} of {change.service} went from {change.before:.4g} to {change.after:.4g} "
        f"at {format_time(change.at)} ({change.shape.value}, p = {change.p_value:.2g}, "
        f"n = {change.n_before:,} and {change.n_after:,})"
    )
