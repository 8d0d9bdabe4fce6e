"""Opens records around the onset: those that fail, others of the same services and the ones before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import polars as pl

from hotfix.core.facts import Incident, Level, Place
from hotfix.core.settings import SAMPLED_AROUND_S, SAMPLED_BAD, SAMPLED_BEFORE, SAMPLED_GOOD, SAMPLED_SERVICES
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.suspects import Suspect


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
    services = list(dict.fromkeys(suspect.service for suspect in suspects))[:SAMPLED_SERVICES]
    blamed = pl.col("template_id").is_in(sorted({suspect.template_id for suspect in suspects}))
    mild = pl.col("level").is_null() | (pl.col("level") == Level.WARN)
    late = pl.col("time") >= incident.started_at.replace(microsecond=0)  # some stamps tell whole seconds only
    failing = pl.col("level").is_in(GRAVE).fill_null(value=False) | (blamed & mild)
    sides = {Side.BEFORE: ~late, Side.GOOD: late & ~failing, Side.BAD: late & failing}
    own = case.records.filter(
        pl.col("service").is_in(services), pl.col("time") <= (incident.ended_at or case.last), ~pl.col("time_inferred")
    )
    near = _take_nearest(own, incident.started_at, sides)
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


def _take_nearest(own: pl.LazyFrame, onset: datetime, sides: Mapping[Side, pl.Expr]) -> pl.DataFrame:
    """Return for each service and side the nearest records, in order of file and line.

    Where the time around the onset holds enough of them, the rest of the records is not looked at.
    """
    around = pl.col("time").is_between(onset - _AROUND, onset + _AROUND)
    for records in (own.filter(around), own):
        frames = [_rank_side(records.filter(chosen), onset, side) for side, chosen in sides.items()]
        found = pl.concat(pl.collect_all(frames, engine="streaming"))
        if len(found.filter(pl.col("side") == Side.BEFORE)) >= SAMPLED_BEFORE:
            break
    return found.sort("file_id", "line")


def _rank_side(records: pl.LazyFrame, onset: datetime, side: Side) -> pl.LazyFrame:
    """Return for each service the records of one side that are nearest to the onset."""
    nearness = [(pl.col("time") - onset).abs(), pl.col("file_id"), pl.col("line")]
    return (
        records.group_by("service")
        .agg(pl.struct(name for name in _COLUMNS if name != "service").bottom_k_by(nearness, _MOST[side]).alias("near"))
        .explode("near")
        .unnest("near")
        .select(pl.lit(side.value).alias("side"), *_COLUMNS)
    )
