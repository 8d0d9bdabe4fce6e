"""From the incident to its suspects: the messages that are new or much more frequent since the onset, read closely."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

import polars as pl

from hotfix.core.facts import Incident, Level, Place
from hotfix.core.settings import PRECURSOR_S, SAMPLES_OPENED, SHOWN_LEAST, SUSPECT_RISE, SUSPECTS_KEPT
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.causes import CauseMatch, classify_text
from hotfix.diagnosis.headline import add_reasons, find_context, find_headline
from hotfix.signal.series import is_serious
from hotfix.signal.timeline import to_microseconds


@dataclass(frozen=True, slots=True)
class Suspect:
    """One message of one service that came up with the incident."""

    template_id: str
    service: str
    level: Level | None
    match: CauseMatch  # the cause family that its wording names
    exception: str | None
    frame: str | None  # top own frame, "file:line in function"
    n_before: int
    n_after: int
    first: datetime  # first record of the new behaviour
    place: Place  # of that record
    excerpt: str  # its verbatim text
    headline: str  # what it says, in one line
    mentions: tuple[str, ...]  # other services that its records name
    hosts: tuple[str, ...]  # hosts that write it since the onset
    context: str = ""  # the message beside its exception, where that says more


class _Sample(TypedDict):
    time: datetime
    file_id: int
    line: int
    line_count: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One message of one service, counted before and after: what `_compare_windows` selects, in its order."""

    template_id: str
    service: str
    level: str | None
    n_before: int
    n_after: int
    first: datetime
    exception: str | None
    frame: str | None
    pattern: int
    hosts: list[str]
    places: list[_Sample]


def find_suspects(case: Case, incident: Incident) -> tuple[Suspect, ...]:
    """Return the serious messages that began or rose with the incident, earliest first; at most SUSPECTS_KEPT."""
    rows = _compare_windows(case, incident)
    services = sorted({service for template in case.templates.values() for service in template.services})
    return tuple(_read_suspect(case, row, services) for row in rows)


def _compare_windows(case: Case, incident: Incident) -> list[_Row]:
    """Return one row per (template, service) that rose: counts, first record since the begin, sample places."""
    begin = incident.started_at - timedelta(seconds=PRECURSOR_S)
    end = incident.ended_at or case.last
    time = pl.col("time")
    since = time.is_between(begin, end)
    telling = _find_telling(case)
    unlevelled = pl.col("level").is_null() & pl.col("template_id").is_in(telling)
    serious = case.lookup.of([*_find_risen(case, begin, end), *telling]).filter(is_serious() | unlevelled)
    order = [pl.col(name).filter(since) for name in ("time", "file_id", "line")]
    grouped = serious.group_by("template_id", "service").agg(
        level=pl.col("level").filter(since).max(),
        n_before=(time < begin).sum(),
        n_after=since.sum(),
        first=time.filter(since).min(),
        exception=_commonest("exception", since),
        frame=_commonest("trace", since),
        pattern=pl.col("pattern").filter(since).min(),
        hosts=pl.col("host").filter(since).drop_nulls().unique().sort().head(SAMPLES_OPENED),
        places=pl.struct("time", "file_id", "line", "line_count").filter(since).bottom_k_by(order, SAMPLES_OPENED),
    )
    risen = _has_risen(pl.col("n_before"), pl.col("n_after"), case.first, begin, end)
    found = grouped.filter(pl.col("n_after") > 0, risen).collect(engine="streaming")
    near = (pl.col("first") - incident.started_at).abs()
    kept = found.sort(near, "template_id", "service").head(SUSPECTS_KEPT).sort("first", "template_id")
    return [_Row(*row) for row in kept.iter_rows()]


def _find_telling(case: Case) -> list[str]:
    """Return the templates without a level that rose and whose wording names a cause."""
    risen = {change.template_id for change in case.changes if change.after > change.before} & case.templates.keys()
    plain = [case.templates[ident] for ident in sorted(ident for ident in risen if ident)]
    return [one.id for one in plain if one.level is None and classify_text(one.text)[0].confidence >= SHOWN_LEAST]


def _find_risen(case: Case, begin: datetime, end: datetime) -> list[str]:
    """Return the templates whose serious records may have risen: read generously at the intervals that are cut."""
    timeline = case.counts.timeline
    first, last = ((to_microseconds(time) - timeline.start) // timeline.width for time in (begin, end))
    bucket, serious = pl.col("bucket"), pl.col("serious")
    sums = (
        case.counts.messages.filter(serious > 0)
        .group_by("service", "template_id")
        .agg(before=serious.filter(bucket < first).sum(), after=serious.filter(bucket.is_between(first, last)).sum())
    )
    risen = (pl.col("after") > 0) & _has_risen(pl.col("before"), pl.col("after"), case.first, begin, end)
    return sums.filter(risen)["template_id"].drop_nulls().cast(pl.String).unique().sort().to_list()


def _has_risen(before: pl.Expr, after: pl.Expr, first: datetime, begin: datetime, end: datetime) -> pl.Expr:
    minutes_before = max((begin - first).total_seconds() / 60, 1e-9)
    minutes_after = max((end - begin).total_seconds() / 60, 1e-9)
    return after / minutes_after >= SUSPECT_RISE * before / minutes_before


def _commonest(column: str, since: pl.Expr) -> pl.Expr:
    """Return the most frequent value since the begin; the smallest of equally frequent ones."""
    return pl.col(column).cast(pl.String).filter(since).drop_nulls().mode().sort().first()


def _read_suspect(case: Case, row: _Row, services: Sequence[str]) -> Suspect:
    samples = sorted(row.places, key=lambda sample: (sample["time"], sample["file_id"], sample["line"]))
    places = [case.place(sample["file_id"], sample["line"], sample["line_count"]) for sample in samples]
    texts = [case.open_text(place) for place in places]
    said = [_say(case, text, row.pattern) for text in texts]
    return Suspect(
        template_id=row.template_id,
        service=row.service,
        level=Level(row.level) if row.level else None,
        match=max((case.classify(text, row.exception)[0] for text in said), key=lambda match: match.confidence),
        exception=row.exception,
        frame=row.frame,
        n_before=row.n_before,
        n_after=row.n_after,
        first=row.first,
        place=places[0],
        excerpt=texts[0],
        headline=find_headline(said[0], row.exception),
        mentions=find_mentions(texts, [name for name in services if name != row.service]),
        hosts=tuple(row.hosts),
        context=find_context(said[0], row.exception),
    )


def _say(case: Case, text: str, pattern: int) -> str:
    """Return what a record says without the head of its first line: its message, traces in its fields, lines below."""
    message = case.messages.read(text, case.formats[pattern])
    traces = [value for value in message.fields.values() if "\n" in value and value != message.text]
    said = add_reasons(message.text, message.fields)
    return "\n".join([said, *traces, *text.split("\n")[message.lines :]])


def find_mentions(texts: Sequence[str], services: Sequence[str]) -> tuple[str, ...]:
    """Return the services whose names stand as whole words in any of the texts, sorted."""
    joined = "\n".join(texts).lower()
    return tuple(name for name in services if re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", joined))
