"""From the incident to its suspects: the messages that are new or much more frequent since the onset, read closely."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.facts import Incident, Level, Place
from hotfix.core.settings import PRECURSOR_S, SAMPLES_OPENED, SUSPECT_RISE, SUSPECTS_KEPT
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.causes import CauseMatch, classify_text

_SERIOUS = (Level.WARN, *GRAVE)


@dataclass(frozen=True, slots=True)
class Suspect:
    """One message of one service that came up with the incident."""

    template_id: str
    service: str | None
    level: Level | None
    match: CauseMatch  # the cause family that its wording names
    exception: str | None
    frame: str | None  # top own frame, "file:line in function"
    n_before: int
    n_after: int
    first: datetime  # first record of the new behaviour
    place: Place  # of that record
    excerpt: str  # its verbatim text
    mentions: tuple[str, ...]  # other services that its records name
    hosts: tuple[str, ...]  # hosts that write it since the onset


def find_suspects(case: Case, incident: Incident) -> tuple[Suspect, ...]:
    """Return the serious messages that began or rose with the incident, earliest first; at most SUSPECTS_KEPT."""
    begin = incident.started_at - timedelta(seconds=PRECURSOR_S)
    end = incident.ended_at or case.last
    table = _compare_windows(case, begin, incident.started_at, end)
    services = sorted({service for template in case.templates.values() for service in template.services})
    return tuple(_read_suspect(case, row, services) for row in table.iter_rows(named=True))


def _compare_windows(case: Case, begin: datetime, onset: datetime, end: datetime) -> pl.DataFrame:
    """Return one row per (template, service) that rose: counts, first record since ``begin``, sample places."""
    time = pl.col("time")
    since = time.is_between(begin, end)
    serious = case.records.filter(pl.col("level").is_in(_SERIOUS) | pl.col("exception").is_not_null())
    grouped = serious.group_by("template_id", "service").agg(
        level=pl.col("level").filter(since).max(),
        n_before=(time < begin).sum(),
        n_after=since.sum(),
        first=time.filter(since).min(),
        exception=pl.col("exception").filter(since).drop_nulls().mode().first(),
        frame=pl.col("trace").filter(since).drop_nulls().mode().first(),
        hosts=pl.col("host").filter(since).drop_nulls().unique().sort().head(SAMPLES_OPENED),
        places=pl.struct("file_id", "line", "line_count").filter(since).head(SAMPLES_OPENED),
    )
    minutes_before = max((begin - case.first).total_seconds() / 60, 1e-9)
    minutes_after = max((end - begin).total_seconds() / 60, 1e-9)
    risen = pl.col("n_after") / minutes_after >= SUSPECT_RISE * pl.col("n_before") / minutes_before
    found = grouped.filter(pl.col("n_after") > 0, risen).collect(engine="streaming")
    near = (pl.col("first") - onset).abs()
    return found.sort(near, "template_id", "service").head(SUSPECTS_KEPT).sort("first", "template_id")


def _read_suspect(case: Case, row: dict[str, object], services: Sequence[str]) -> Suspect:
    places = [_place(case, sample) for sample in row["places"]]
    texts = [case.open_text(place) for place in places]
    service = row["service"]
    return Suspect(
        template_id=row["template_id"],
        service=service,
        level=Level(row["level"]) if row["level"] else None,
        match=classify_text(texts[0], row["exception"])[0],
        exception=row["exception"],
        frame=row["frame"],
        n_before=row["n_before"],
        n_after=row["n_after"],
        first=row["first"],
        place=places[0],
        excerpt=texts[0],
        mentions=find_mentions(texts, [name for name in services if name != service]),
        hosts=tuple(row["hosts"]),
    )


def find_mentions(texts: Sequence[str], services: Sequence[str]) -> tuple[str, ...]:
    """Return the services whose names stand as whole words in any of the texts, sorted."""
    joined = "\n".join(texts).lower()
    return tuple(name for name in services if re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", joined))
