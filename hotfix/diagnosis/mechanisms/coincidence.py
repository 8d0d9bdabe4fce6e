"""Finds the record that foretold the onset: a time or limit quoted inside it is the moment at which things went wrong.

A scene comes in, clues go out. A message that quotes so many times that one of them must fall anywhere near is silent.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.settings import (
    BEFORE_SLACK_S,
    QUOTE_CHANCE,
    QUOTE_EARLY_S,
    QUOTE_EXACT_S,
    QUOTE_LATE_S,
    QUOTES_LOOKED,
    QUOTES_OPENED,
    QUOTES_PER_TEMPLATE,
    QUOTES_RARE,
)
from hotfix.core.text import format_time, say_span
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.features import OUTCOMES
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.messages import COLUMNS, Entry, open_entries
from hotfix.diagnosis.mechanisms.quotes import Quote, read_quotes
from hotfix.signal.timeline import to_datetime, to_microseconds

_ENDS = re.compile(
    r"expir|valid|until|not.?after|not.?before|reset|schedul|renew|deadline|due\b|effective|retire|rotat|window|"
    r"maintenance|cut.?over|ttl|lease|lifetime|max.?age|resum|embargo|activat|takes effect|as of|sunset|end.of.life|"
    r"revok|grace|ends?\b|begins?\b|starts?\b|next",
    re.IGNORECASE,
)
_CLUES = 3


def find_coincidences(scene: Scene) -> Iterable[Clue]:
    """Return the records that quote the onset, strongest first, one of each message and service."""
    entries = open_entries(scene.case, _choose_records(scene))
    quotes = [quote for quote in read_quotes(entries) if not _is_own(quote)]
    groups: dict[tuple[str, str], list[Quote]] = defaultdict(list)
    for quote in quotes:
        groups[quote.entry.service, quote.entry.template_id].append(quote)
    best = [clue for group in groups.values() if (clue := _judge(scene, group))]
    return tuple(sorted(best, key=lambda clue: -clue.strength)[:_CLUES])


def _choose_records(scene: Scene) -> pl.DataFrame:
    """Return of each message and service the first and the last record before the onset and the first behind it.

    Of messages whose words speak of an end or a schedule up to QUOTES_PER_TEMPLATE are returned, those before first.
    """
    counted = (
        scene.case.counts.messages.drop_nulls("template_id")
        .group_by(pl.col(_KEYS).cast(pl.String))
        .agg(count=pl.col("sure").sum().cast(pl.Int64))
        .filter(pl.col("count") > 0)
        .sort("count", *_KEYS)
    )
    telling = [one.id for one in scene.case.templates.values() if _ENDS.search(one.text)]
    told = counted.filter(pl.col("template_id").is_in(telling))
    opened = pl.min_horizontal("count", QUOTES_PER_TEMPLATE).cum_sum().shift(1, fill_value=0)
    near = _fetch_nearest(scene, told.filter(opened < QUOTES_OPENED))
    rows = pl.concat([near, _fetch_edges(scene, counted.head(QUOTES_OPENED))])
    return rows.unique(["file_id", "line"], keep="first", maintain_order=True).head(QUOTES_OPENED)


_KEYS = ("template_id", "service")
_PLACED = [name for name in COLUMNS if name not in _KEYS]


def _fetch_nearest(scene: Scene, kinds: pl.DataFrame) -> pl.DataFrame:
    """Return of each message and service the records nearest to the onset, the rarest first."""
    onset, few = scene.incident.started_at, pl.col("count") <= QUOTES_LOOKED
    near = [(pl.col("time") - onset).abs(), pl.col("file_id"), pl.col("line")]
    radius = _measure_radius(scene, kinds.filter(~few))
    parts = [
        _fetch(scene, kinds.filter(few), scene.case.first, scene.case.last),
        _fetch(scene, kinds.filter(~few), onset - radius, onset + radius),
    ]
    chosen = pl.concat(parts).group_by(_KEYS).agg(all=pl.struct(_PLACED).bottom_k_by(near, QUOTES_PER_TEMPLATE))
    return _unfold(kinds, chosen)


def _measure_radius(scene: Scene, kinds: pl.DataFrame) -> timedelta:
    """Return the time around the onset that by the counts holds enough records of each message and service."""
    timeline = scene.case.counts.timeline
    onset = (to_microseconds(scene.incident.started_at) - timeline.start) // timeline.width
    steps = (
        scene.case.counts.messages.with_columns(pl.col(_KEYS).cast(pl.String), away=(pl.col("bucket") - onset).abs())
        .join(kinds, on=_KEYS, how="semi")
        .sort("away")
        .filter(pl.col("sure").cum_sum().over(_KEYS) - pl.col("sure") < QUOTES_PER_TEMPLATE)
    )
    return timedelta(microseconds=timeline.width) * (int(steps["away"].to_numpy().max(initial=0)) + 1)


def _fetch_edges(scene: Scene, kinds: pl.DataFrame) -> pl.DataFrame:
    """Return of each message and service the first record, the last before the onset and the first behind it."""
    case, limit = scene.case, scene.incident.started_at + timedelta(seconds=BEFORE_SLACK_S)
    early, order = pl.col("time") <= limit, ["time", "file_id", "line"]
    rare = pl.col("count") <= QUOTES_RARE
    frequent = kinds.filter(~rare)
    parts = [_fetch(scene, kinds.filter(rare), case.first, case.last)]
    parts += [_fetch(scene, frequent, begin, end) for begin, end in _find_edges(case, frequent, limit)]
    whole = pl.struct(_PLACED)
    chosen = (
        pl.concat(parts)
        .group_by(_KEYS)
        .agg(
            first=whole.bottom_k_by(order, 1),
            last=whole.filter(early).top_k_by([pl.col(name).filter(early) for name in order], 1),
            next=whole.filter(~early).bottom_k_by([pl.col(name).filter(~early) for name in order], 1),
        )
        .select(*_KEYS, pl.concat_list("first", "last", "next").alias("all"))
    )
    return _unfold(kinds, chosen)


def _find_edges(case: Case, kinds: pl.DataFrame, limit: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times that hold the first record of each message and service, and those around the limit."""
    timeline, bucket = case.counts.timeline, pl.col("bucket")
    cut = (to_microseconds(limit) - timeline.start) // timeline.width
    own = case.counts.messages.filter(pl.col("sure") > 0).with_columns(pl.col(_KEYS).cast(pl.String))
    edges = (
        own.join(kinds, on=_KEYS, how="semi")
        .group_by(_KEYS)
        .agg(
            bucket.min().alias("first"),
            bucket.filter(bucket < cut).max(),
            bucket.filter(bucket > cut).min().alias("next"),
        )
    )
    wanted = {int(one) for name in ("first", "bucket", "next") for one in edges[name].drop_nulls().unique()}
    spans: list[list[int]] = []
    for one in sorted({*wanted, cut} if wanted else ()):
        if spans and spans[-1][1] == one:
            spans[-1][1] = one + 1
        else:
            spans.append([one, one + 1])
    return [(to_datetime(timeline.instant(low)), to_datetime(timeline.instant(high) - 1)) for low, high in spans]


def _fetch(scene: Scene, kinds: pl.DataFrame, begin: datetime, end: datetime) -> pl.DataFrame:
    """Return the records of some messages and services, their times surely their own."""
    rows = scene.case.lookup.of(kinds["template_id"].unique().to_list(), begin, end)
    own = rows.filter(~pl.col("time_inferred")).select(COLUMNS).with_columns(pl.col("service", "host").cast(pl.String))
    return own.join(kinds.lazy(), on=_KEYS, how="semi").collect(engine="streaming")


def _unfold(kinds: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Return the chosen records one by one, in the order of the kinds."""
    ordered = kinds.join(chosen, on=_KEYS, how="left", maintain_order="left").drop("count")
    return ordered.explode("all").drop_nulls("all").unnest("all").select(COLUMNS)


def _is_own(quote: Quote) -> bool:
    """Tell whether a quoted time is only about now, as a second stamp of the record is, and no end is spoken of."""
    return abs((quote.at - quote.entry.time).total_seconds()) <= QUOTE_EXACT_S and not _speaks_of_end(quote)


def _speaks_of_end(quote: Quote) -> bool:
    return bool(_ENDS.search(quote.before[-48:]))


def _judge(scene: Scene, quotes: Sequence[Quote]) -> Clue | None:
    """Return the clue of one message: its quote that is nearest to the onset, unless its quotes lie everywhere."""
    best = max(quotes, key=lambda quote: _weigh(scene, quote))
    strength = _weigh(scene, best)
    if not strength:
        return None
    onset = scene.incident.started_at
    distinct = {quote.at for quote in quotes if scene.case.first <= quote.at <= scene.case.last}
    wide_s = QUOTE_EARLY_S + max((onset - best.at).total_seconds(), QUOTE_EXACT_S)
    chance = len(distinct) * wide_s / max((scene.case.last - scene.case.first).total_seconds(), 1e-9)
    follows = _follows_itself(best.entry, quotes)
    if (chance > QUOTE_CHANCE and len(distinct) > 1) or follows:
        return None
    return _tell(best, onset, round(strength, 2))


def _follows_itself(entry: Entry, quotes: Sequence[Quote]) -> bool:
    """Tell whether every record of the message quotes about its own time, so that one at the onset says nothing."""
    others = [quote for quote in quotes if quote.entry.place != entry.place and not quote.relative]
    near = [quote for quote in others if abs((quote.at - quote.entry.time).total_seconds()) <= QUOTE_LATE_S]
    return len({quote.at for quote in near}) > 2 and 2 * len(near) > len(others)


def _weigh(scene: Scene, quote: Quote) -> float:
    """Return how much a quoted time explains the onset: 0 when it is another."""
    behind_s = (scene.incident.started_at - quote.at).total_seconds()
    told = _speaks_of_end(quote)
    late_s = max(
        QUOTE_LATE_S if told else QUOTE_EXACT_S, quote.precision.total_seconds() * (quote.precision < timedelta(days=1))
    )
    if not -QUOTE_EARLY_S <= behind_s <= late_s:
        return 0.0
    fine = quote.precision <= timedelta(seconds=1)
    if not told and (not fine or quote.relative):
        return 0.0
    base = 0.9 if told and fine else 0.65 if told else 0.5
    if behind_s > QUOTE_EXACT_S:
        base *= 0.8
    return (
        base
        * (0.85 if quote.relative else 1.0)
        * (1.0 if quote.entry.time <= (scene.incident.ended_at or scene.case.last) else 0.5)
    )


def _say(quote: Quote) -> str:
    """Return what the record says: its message, and where the time stands beside that, the fields around it."""
    entry = quote.entry
    if quote.shown in entry.message:
        return entry.message
    if entry.fields:
        told = [f"{name}={value}" for name, value in entry.fields.items() if name.lower() not in OUTCOMES]
        return f"{entry.message} ({', '.join(told)})"
    line = " ".join(entry.text.split())
    return line[max(line.find(entry.message), 0) :]


def _tell(quote: Quote, onset: datetime, strength: float) -> Clue:
    entry = quote.entry
    behind_s = (onset - quote.at).total_seconds()
    if abs(behind_s) < 1:
        relation = "the moment of the onset"
    else:
        relation = f"{say_span(behind_s)} {'before' if behind_s > 0 else 'after'} the onset"
    what = f"from then on {quote.shown}" if quote.relative else quote.shown
    said = shorten(_say(quote))
    moment = f"{what}, that is {format_time(quote.at)}, is {relation}"
    statement = f"{entry.service} said at {entry.time:%H:%M:%S} '{said}': {moment}"
    return Clue("coincidence", entry.service, statement, strength, quote.at, entry.place)
