"""Tells a service that fell silent from a log that merely ends: changes come in, those that stand and the rest go out.

A log may be collected earlier than the others. That its service stopped is only claimed when something else shows it:
another service begins to fail or to be slow then, records tell that it was stopped, or its file goes on without it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.facts import Change, Level, Metric
from hotfix.core.settings import FAREWELL_LIFT, FAREWELL_S, OUTAGE_BESIDE_S
from hotfix.core.text import format_time, say_span
from hotfix.ingest.digest import digest_records
from hotfix.signal.detectors.contract import GRAVE
from hotfix.signal.timeline import lay_timeline

_END = re.compile(
    r"(?i)\b(?:shut(?:ting)?[ -]?down|stop(?:ped|ping)|terminat(?:ed|ing)|exit(?:ed|ing)|kill(?:ed|ing)?|halt(?:ed|ing)"
    r"|sig(?:term|kill|int|abrt|segv|quit)|out of memory|oom|crash(?:ed|ing)?|panic|segfault|core dumped"
    r"|abort(?:ed|ing))\b"
)
"""Words of a program that ends, or is ended."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The log of a service ends before the others, and nothing else says that the service stopped."""

    service: str
    last: datetime  # time of its last record
    early_s: float  # how long before the last record of all

    def describe(self) -> str:
        """Return the ending as a sentence."""
        return f"the log of {self.service} ends at {format_time(self.last)}, {say_span(self.early_s)} before the others"


@dataclass(frozen=True, slots=True)
class Settled:
    """What is left of the changes, and what became of the silences among them."""

    changes: tuple[Change, ...]  # in order of time, ids C1 and on
    endings: tuple[Ending, ...] = ()
    stopped: frozenset[str] = frozenset()  # silent services of which records tell that they were stopped


@dataclass(frozen=True, slots=True)
class _Silence:
    change: Change
    last: datetime  # time of the last record before it
    goes_on: bool  # its file holds later records, of other services
    told: bool  # records around its last one tell of its end


def settle_silences(
    changes: tuple[Change, ...], records: pl.LazyFrame, templates: pl.DataFrame, paths: Sequence[str]
) -> Settled:
    """Return the changes without the silences that are mere ends of logs; one that ends inside the data always stands.

    Args:
        changes: in order of time.
        records: RECORDS and ``template_id``, which the changes were found in.
        templates: TEMPLATES of these records.
        paths: the path of each ``file_id``.
    """
    silent = [change for change in changes if change.metric is Metric.VOLUME and change.after < change.before]
    timeline = lay_timeline(digest_records(records)) if silent else None
    if timeline is None:
        return Settled(changes)
    first, end = timeline.ends()
    timed = records.filter(timeline.holds())
    silences = _look_around(silent, timed, templates, paths, (end - first).total_seconds())
    failing = [change for change in changes if _is_outage(change, templates)]
    mere = [one for one in silences if one.change.until is None and not _is_shown(one, failing)]
    dropped = {one.change.id for one in mere}
    kept = [change for change in changes if change.id not in dropped]
    return Settled(
        changes=tuple(replace(change, id=f"C{number}") for number, change in enumerate(kept, start=1)),
        endings=tuple(Ending(one.change.service, one.last, (end - one.last).total_seconds()) for one in mere),
        stopped=frozenset(one.change.service for one in silences if one.told),
    )


def _is_outage(change: Change, templates: pl.DataFrame) -> bool:
    """Tell whether a change says that a service began to fail or to be slow."""
    if change.metric is Metric.VOLUME or change.after <= change.before:
        return False
    if change.metric is not Metric.TEMPLATE_COUNT:
        return True
    levels = templates.filter(pl.col("template_id") == change.template_id)["level"]
    return any(level in GRAVE for level in levels)


def _is_shown(silence: _Silence, failing: Sequence[Change]) -> bool:
    change, beside = silence.change, timedelta(seconds=OUTAGE_BESIDE_S)
    others = (one for one in failing if one.service != change.service)
    return (
        silence.told or silence.goes_on or any(silence.last - beside <= one.at <= change.at + beside for one in others)
    )


def _look_around(
    silent: Sequence[Change], records: pl.LazyFrame, templates: pl.DataFrame, paths: Sequence[str], span_s: float
) -> list[_Silence]:
    """Return what the records around the begin of each silence say."""
    time, own = pl.col("time"), pl.col("service")
    file_ids = [paths.index(change.first.file) if change.first else None for change in silent]
    lasts = [time.filter(own == one.service, time < one.at).max().alias(f"last{n}") for n, one in enumerate(silent)]
    files = [time.filter(pl.col("file_id") == ident).max().alias(f"file{n}") for n, ident in enumerate(file_ids)]
    row = records.select(*lasts, *files).collect(engine="streaming").row(0, named=True)
    found = [
        _Silence(change, last, goes_on=row[f"file{n}"] is not None and row[f"file{n}"] > change.at, told=False)
        for n, change in enumerate(silent)
        if (last := row[f"last{n}"]) is not None
    ]
    told = _find_told(found, records, templates, span_s)
    return [replace(one, told=one.change.id in told) for one in found]


def _find_told(
    silences: Sequence[_Silence], records: pl.LazyFrame, templates: pl.DataFrame, span_s: float
) -> frozenset[str]:
    """Return the ids of the silences whose begin a message tells of that is rare at other times."""
    ends = {
        ident: text
        for ident, text, level in templates.select("template_id", "text", "level").iter_rows()
        if level == Level.FATAL or _END.search(text)
    }
    near = timedelta(seconds=FAREWELL_S)
    counts = [
        pl.col("time").is_between(one.last - near, one.last + near).sum().alias(one.change.id) for one in silences
    ]
    rows = (
        records.filter(pl.col("template_id").is_in(list(ends)))
        .group_by("template_id", "service")
        .agg(pl.len().alias("n"), *counts)
        .collect(engine="streaming")
    )
    return frozenset(
        one.change.id
        for one in silences
        for ident, service, n, count in rows.select("template_id", "service", "n", one.change.id).iter_rows()
        if (service == one.change.service or _names(ends[ident], one.change.service))
        and count * span_s > FAREWELL_LIFT * (n - count) * FAREWELL_S
    )


def _names(text: str, service: str) -> bool:
    """Tell whether a message that tells of an end names a service as a whole word."""
    named = re.search(rf"(?<![\w-]){re.escape(service.lower())}(?![\w-])", text.lower())
    return named is not None and _END.search(text) is not None
