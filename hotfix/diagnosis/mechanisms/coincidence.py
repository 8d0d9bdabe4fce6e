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
    QUOTES_OPENED,
    QUOTES_PER_TEMPLATE,
)
from hotfix.core.text import format_time, say_span
from hotfix.diagnosis.features import OUTCOMES
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.messages import COLUMNS, Entry, open_entries
from hotfix.diagnosis.mechanisms.quotes import Quote, read_quotes

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
    case, onset = scene.case, scene.incident.started_at
    telling = sorted(one.id for one in case.templates.values() if _ENDS.search(one.text))
    early = pl.col("time") <= onset + timedelta(seconds=BEFORE_SLACK_S)
    order = ["time", "file_id", "line"]
    near = [(pl.col("time") - onset).abs(), pl.col("file_id"), pl.col("line")]
    keys = ("template_id", "service")
    whole = pl.struct([name for name in COLUMNS if name not in keys])
    known = case.records.filter(pl.col("time").is_between(case.first, case.last), ~pl.col("time_inferred"))
    ends = (
        known.group_by(keys)
        .agg(
            first=whole.bottom_k_by(order, 1),
            last=whole.filter(early).top_k_by([pl.col(name).filter(early) for name in order], 1),
            next=whole.filter(~early).bottom_k_by([pl.col(name).filter(~early) for name in order], 1),
            count=pl.len(),
        )
        .collect(engine="streaming")
        .sort("count", *keys)
        .with_columns(pl.concat_list("first", "last", "next").alias("all"))
    )
    told = (
        known.filter(pl.col("template_id").is_in(telling))
        .group_by(keys)
        .agg(all=whole.bottom_k_by(near, QUOTES_PER_TEMPLATE), count=pl.len())
        .collect(engine="streaming")
        .sort("count", *keys)
    )
    rows = pl.concat([told.select(*keys, "all"), ends.select(*keys, "all")]).explode("all").unnest("all")
    return rows.unique(["file_id", "line"], keep="first", maintain_order=True).head(QUOTES_OPENED)


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
