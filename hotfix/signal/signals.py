"""From counts to `Signals`: dense arrays per service, sparse rows per message, and how many series that makes."""

from collections.abc import Collection, Mapping

import numpy as np
import polars as pl

from hotfix.core.facts import Level
from hotfix.core.settings import EVENTS_FEWEST, LATENCY_CUTS, PERIODS_INTERMITTENT, QUIET_EVENTS_FEWEST
from hotfix.signal.clientwords import says_client_fault
from hotfix.signal.detectors.contract import GRAVE, Messages, Signals, sum_buckets
from hotfix.signal.endwords import says_bad_end
from hotfix.signal.jobwords import read_edge
from hotfix.signal.series import Counts


def gather_signals(counts: Counts, templates: pl.DataFrame) -> Signals:
    """Return what the detectors look at.

    Messages that came too rarely to be significant are left out before: how often they came says nothing of
    when, so the chances of the others stay what they are.
    """
    told = templates.select("template_id", "level", "text").rows()
    amiss = sorted(name for name, level, text in told if level in GRAVE and says_client_fault(text))
    levels = {name: Level(level) if level else None for name, level, _ in told} | dict.fromkeys(amiss, Level.WARN)
    volume, errors = {}, {}
    for (service,), frame in counts.services.group_by("service", maintain_order=True):
        volume[str(service)] = sum_buckets(frame, "n", counts.timeline.count)
        errors[str(service)] = sum_buckets(frame, "errors", counts.timeline.count)
    for (service,), frame in _list_amiss(counts.messages, amiss).group_by("service", maintain_order=True):
        errors[str(service)] -= sum_buckets(frame, "errors", counts.timeline.count)
    texts = templates.select("template_id", "text").rows()
    bad_ends = frozenset(ident for ident, text in texts if says_bad_end(text, levels[ident]))
    messages = _list_messages(counts.messages, levels, bad_ends)
    quiet = sum(levels.get(template) not in GRAVE for _, template in messages.keys)
    failing = sum(int(values.sum() >= EVENTS_FEWEST) for values in errors.values())
    timed = counts.durations["service"].n_unique() * len(LATENCY_CUTS)
    edges = {ident: edge for ident, text in texts if (edge := read_edge(text))}
    series = len(volume) + failing + timed + len(messages.keys) + quiet  # quiet messages are looked at both ways
    places = {key: index for index, key in enumerate(messages.keys)}
    return Signals(counts, levels, volume, errors, messages, places, bad_ends, edges, max(series, 1))


def _list_amiss(counted: pl.DataFrame, amiss: Collection[str]) -> pl.DataFrame:
    """Return the counts of what servers call errors of their own and are their clients'."""
    named = counted.with_columns(pl.col("service", "template_id").cast(pl.String))
    return named.filter(pl.col("template_id").is_in(list(amiss)), pl.col("service").is_not_null())


def _list_messages(counted: pl.DataFrame, levels: Mapping[str, Level | None], bad_ends: Collection[str]) -> Messages:
    totals = (
        counted.drop_nulls("template_id")
        .group_by("service", "template_id")
        .agg(total=pl.col("n").sum())
        .with_columns(name=pl.col("template_id").cast(pl.String))
    )
    grave = pl.col("name").is_in([name for name, level in levels.items() if level in GRAVE])
    fewest = (
        pl.when(pl.col("name").is_in(sorted(bad_ends)))
        .then(PERIODS_INTERMITTENT)
        .when(grave)
        .then(EVENTS_FEWEST)
        .otherwise(QUIET_EVENTS_FEWEST)
    )
    kept = (
        totals.filter(pl.col("total") >= fewest).sort(pl.col("service").cast(pl.String), "name").with_row_index("row")
    )
    entries = counted.join(kept.select("service", "template_id", "row"), on=["service", "template_id"]).sort("row")
    rows = entries["row"].to_numpy()
    return Messages(
        keys=tuple(kept.select(pl.col("service").cast(pl.String), "name").rows()),
        offsets=np.searchsorted(rows, np.arange(len(kept) + 1)),
        buckets=entries["bucket"].to_numpy(),
        values=entries["n"].to_numpy().astype(np.float64),
    )
