"""Opens records around the onset: those that fail, others of the same services and the ones before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import polars as pl

from hotfix.core.facts import Incident, Level, Place
from hotfix.core.settings import (
    COMPARED_BEFORE,
    SAMPLED_AROUND_S,
    SAMPLED_BAD,
    SAMPLED_BEFORE,
    SAMPLED_GOOD,
    SAMPLED_SERVICES,
    SAMPLED_SPARE,
)
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.suspects import Suspect
from hotfix.signal.timeline import to_datetime, to_microseconds


class Side(StrEnum):
    """Which part of the records a sample stands for."""

    BEFORE = "before"  # the onset, whatever it says
    GOOD = "good"  # since the onset, and not failing
    BAD = "bad"  # since the onset, and failing


@dataclass(frozen=True, slots=True)
class Sample:
    """One record with its text."""

    side: Side
    time: datetime
    service: str
    template_id: str
    host: str | None
    trace_id: str | None
    text: str
    place: Place


_AROUND = timedelta(seconds=SAMPLED_AROUND_S)
_MOST = {Side.BEFORE: SAMPLED_BEFORE, Side.GOOD: SAMPLED_GOOD, Side.BAD: SAMPLED_BAD}
_COLUMNS = ("time", "service", "template_id", "host", "trace_id", "file_id", "line", "line_count")


def take_samples(case: Case, incident: Incident, suspects: Sequence[Suspect]) -> tuple[Sample, ...]:
    """Return records of the services of the suspects, in order of time; of each side those nearest to the onset."""
    if not suspects:
        return ()
    services = list(dict.fromkeys(suspect.service for suspect in suspects))[:SAMPLED_SERVICES]
    near = _take_nearest(_Hunt(case, incident, services, frozenset(one.template_id for one in suspects)))
    places = [case.place(*row) for row in near.select("file_id", "line", "line_count").iter_rows()]
    texts = case.open_texts(places)
    columns = near.select("time", "service", "template_id", "host", "trace_id").iter_rows()
    found = [
        Sample(Side(side), time, service, template_id, host, trace_id, text, place)
        for side, (time, service, template_id, host, trace_id), text, place in zip(
            near["side"], columns, texts, places, strict=True
        )
    ]
    return tuple(sorted(found, key=lambda sample: sample.time))


def drop_early(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples, in order of time, without those before the onset that others of their service are nearer."""
    left = Counter[str]()
    kept: list[Sample] = []
    for sample in reversed(samples):
        if sample.side is Side.BEFORE:
            left[sample.service] += 1
            if left[sample.service] > COMPARED_BEFORE:
                continue
        kept.append(sample)
    return kept[::-1]


@dataclass(frozen=True, slots=True)
class _Hunt:
    """What is sampled."""

    case: Case
    incident: Incident
    services: Sequence[str]
    blamed: frozenset[str]  # templates that the suspects write

    @property
    def onset(self) -> datetime:
        """From when on records may fail; some stamps tell whole seconds only."""
        return self.incident.started_at.replace(microsecond=0)

    @property
    def end(self) -> datetime:
        """Until when records are of interest."""
        return self.incident.ended_at or self.case.last

    def holds(self, service: str, side: Side) -> pl.Expr:
        """Return the expression that tells the records of one side of a service."""
        blamed = pl.col("template_id").is_in(sorted(self.blamed))
        mild = pl.col("level").is_null() | (pl.col("level") == Level.WARN)
        failing = pl.col("level").is_in(GRAVE).fill_null(value=False) | (blamed & mild)
        late = pl.col("time") >= self.onset
        chosen = {Side.BEFORE: ~late, Side.GOOD: late & ~failing, Side.BAD: late & failing}[side]
        return chosen & (pl.col("service") == service) & ~pl.col("time_inferred")

    def list_templates(self, service: str, side: Side) -> list[str]:
        """Return the templates that may have records of one side."""
        own = [one for one in self.case.templates.values() if service in one.services]
        if side is not Side.BAD:
            return [one.id for one in own]
        erring = self.case.counts.messages.filter(pl.col("errors") > 0)["template_id"]
        grave = set(erring.drop_nulls().cast(pl.String).unique().to_list())
        return [one.id for one in own if one.id in self.blamed or one.id in grave]


_Span = tuple[datetime, datetime]


def _take_nearest(hunt: _Hunt) -> pl.DataFrame:
    """Return for each service and side the nearest records, in order of file and line.

    Where the time around the onset holds enough of them, the rest of the records is not looked at.
    """
    pairs = [(service, side) for service in hunt.services for side in Side]
    onset, least, most = hunt.onset, hunt.case.first, hunt.end
    early, late = max(hunt.incident.started_at - _AROUND, least), min(hunt.incident.started_at + _AROUND, most)
    wide = {pair: (early, onset) if pair[1] is Side.BEFORE else (onset, late) for pair in pairs}
    tight = {pair: _find_span(hunt, *pair, wide[pair]) for pair in pairs}
    found = _fetch(hunt, tight)
    short = {pair: wide[pair] for pair in pairs if tight[pair] != wide[pair] and len(found[pair]) < _MOST[pair[1]]}
    found |= _fetch(hunt, short)
    if sum(len(found[pair]) for pair in pairs if pair[1] is Side.BEFORE) < SAMPLED_BEFORE:
        found = _fetch(hunt, {pair: (least, onset) if pair[1] is Side.BEFORE else (onset, most) for pair in pairs})
    return pl.concat(found.values()).sort("file_id", "line")


def _find_span(hunt: _Hunt, service: str, side: Side, widest: _Span) -> _Span:
    """Return the part of a span, next to the onset, that by the counts holds enough records and some to spare."""
    if side is Side.BAD:
        return widest
    counts = hunt.case.counts
    width, start = counts.timeline.width, counts.timeline.start
    onset = (to_microseconds(hunt.onset) - start) // width
    late = pl.col("bucket") > onset if side is Side.GOOD else pl.col("bucket") < onset
    usual = pl.col("n") - pl.col("serious") if side is Side.GOOD else pl.col("n")
    own = (
        counts.messages.filter(pl.col("service") == service, late)
        .group_by("bucket")
        .agg(usual.sum().alias("n"))
        .sort("bucket", descending=side is Side.BEFORE)
    )
    enough = own.filter(pl.col("n").cum_sum() >= SAMPLED_SPARE * _MOST[side])["bucket"].head(1).to_list()
    if not enough:
        return widest
    edge = to_datetime(start + (enough[0] + (side is Side.GOOD)) * width)
    return (max(widest[0], edge), widest[1]) if side is Side.BEFORE else (widest[0], min(widest[1], edge))


def _fetch(hunt: _Hunt, spans: Mapping[tuple[str, Side], _Span]) -> dict[tuple[str, Side], pl.DataFrame]:
    """Return the records of each service and side that are nearest to the onset."""
    nearness = [(pl.col("time") - hunt.incident.started_at).abs(), pl.col("file_id"), pl.col("line")]
    frames = [
        hunt.case.lookup.of(hunt.list_templates(service, side), begin, end)
        .filter(hunt.holds(service, side), pl.col("time") <= hunt.end)
        .select(pl.lit(side.value).alias("side"), *_COLUMNS)
        .bottom_k(_MOST[side], by=nearness)
        for (service, side), (begin, end) in spans.items()
    ]
    return dict(zip(spans, pl.collect_all(frames, engine="streaming"), strict=True))
