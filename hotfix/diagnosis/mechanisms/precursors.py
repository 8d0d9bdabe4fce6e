"""Finds the rare records shortly before the onset, changes of value first: what somebody or something did.

A scene comes in, clues go out. Suspects, changes already told as deploys, start-up bursts and messages that come in
healthy stretches as well are silent.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.settings import (
    BEFORE_SLACK_S,
    HEAD_SHARE,
    NEWCOMER_WEIGHT,
    PRECURSOR_CLUES,
    PRECURSOR_REACH_S,
    PRECURSOR_REACH_SHARE,
    PRECURSOR_REPEATS,
    PRECURSOR_WEAKEST,
    PRECURSORS_OPENED,
    RECURRING_MOST,
    START_SLACK_S,
    VARIANT_RATE,
    VARIANT_SHARE,
)
from hotfix.core.text import say_span
from hotfix.diagnosis.case import GRAVE
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.changewords import Wording, read_wording
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.lead import weigh_lead
from hotfix.diagnosis.mechanisms.messages import COLUMNS, Entry, open_entries, words_of

_KEYS = ("template_id", "service")
_NUMBER = re.compile(r"\d[\d.,]*")
_READ = re.compile(r"\b(?:GET|HEAD|OPTIONS) /")
_BURST = timedelta(seconds=3)
_TOLD = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Reach:
    """When forerunners are looked for."""

    head: datetime  # the data's start-up burst ends
    begin: datetime
    onset: datetime
    end: datetime  # the onset and the slack of clocks


@dataclass(frozen=True, slots=True)
class Noise:
    """How many rare messages come anyway: per second, in the healthy stretch."""

    rates: Counter[tuple[str, bool]]  # per service and whether it speaks of a change; records
    span_s: float

    def expect(self, service: str, *, changes: bool, lead_s: float) -> float:
        """Return how many such messages chance brings this near to the onset."""
        return self.rates[service, changes] / self.span_s * max(lead_s, 5.0)


def find_precursors(scene: Scene) -> Iterable[Clue]:
    """Return the rare records shortly before the onset, strongest first, at most PRECURSOR_CLUES."""
    reach = _choose_reach(scene)
    counted = _count_messages(scene, reach)
    noise = _measure_noise(scene, counted, reach)
    rare = [entry for entry in _open_rare(scene, counted) if not _is_told(scene, entry)]
    before = dict(
        zip(counted.select(_KEYS).iter_rows(), counted.select("before", "within", "after").iter_rows(), strict=True)
    )
    clues = [_tell(scene, entry, before[entry.template_id, entry.service], rare, noise) for entry in rare]
    clues += _find_newcomers(scene, counted, reach)
    clues += _find_new_values(scene, counted, reach)
    kept: dict[str, Clue] = {}
    for clue in sorted(clues, key=lambda clue: (-clue.strength, clue.at)):
        if clue.strength >= PRECURSOR_WEAKEST:
            kept.setdefault(clue.statement.split("'", 1)[1], clue)  # of replicas that say the same, one speaks
    return tuple(kept.values())[:PRECURSOR_CLUES]


def _choose_reach(scene: Scene) -> Reach:
    """Return when forerunners are looked for: not in the start-up burst of the data."""
    onset, first, last = scene.incident.started_at, scene.case.first, scene.case.last
    head = first + max((last - first) * HEAD_SHARE, timedelta(seconds=START_SLACK_S))
    share = (onset - first) * PRECURSOR_REACH_SHARE
    reach = min(timedelta(seconds=PRECURSOR_REACH_S), max(share, timedelta(seconds=60)))
    return Reach(head, max(onset - reach, min(head, onset)), onset, onset + timedelta(seconds=BEFORE_SLACK_S))


def _count_messages(scene: Scene, reach: Reach) -> pl.DataFrame:
    """Return how often each message of each service came before, within and behind the reach, and its last places."""
    time = pl.col("time")
    within = time.is_between(reach.begin, reach.end)
    order = [pl.col(name).filter(within) for name in ("time", "file_id", "line")]
    whole = pl.struct([name for name in COLUMNS if name not in _KEYS]).filter(within)
    return (
        scene.case.records.filter(time.is_not_null(), ~pl.col("time_inferred"))
        .with_columns(pl.col("service").cast(pl.String))
        .group_by(_KEYS)
        .agg(
            total=pl.len(),
            first=time.min(),
            last=time.max(),
            before=(time < reach.begin).sum().cast(pl.Int64),
            within=within.sum().cast(pl.Int64),
            after=(time > reach.end).sum().cast(pl.Int64),
            grave=pl.col("level").is_in(GRAVE).any(),
            opening=whole.bottom_k_by(order, 1).first(),
            places=whole.top_k_by(order, PRECURSOR_REPEATS),
        )
        .collect(engine="streaming")
        .sort("total", *_KEYS)
    )


def _measure_noise(scene: Scene, counted: pl.DataFrame, reach: Reach) -> Noise:
    """Count the messages that are as rare as a forerunner, and came first in the healthy stretch."""
    rare = counted.filter(
        pl.col("total") <= PRECURSOR_REPEATS, pl.col("first") >= reach.head, pl.col("first") < reach.begin
    )
    rates: Counter[tuple[str, bool]] = Counter()
    for ident, service in rare.select(_KEYS).iter_rows():
        rates[service, read_wording(scene.case.templates[ident].text) is not Wording.OTHER] += 1
    return Noise(rates, max((reach.begin - reach.head).total_seconds(), 1.0))


def _open_rare(scene: Scene, counted: pl.DataFrame) -> list[Entry]:
    """Open the messages that came once or a few times within the reach, and hardly ever before; no suspects."""
    few = pl.col("within").is_between(1, PRECURSOR_REPEATS)
    rare = _leave_out_suspects(scene, counted.filter(few, pl.col("before") < pl.col("within")))
    rows = rare.explode("places").unnest("places").sort("time", "file_id", "line", descending=[True, False, False])
    return open_entries(scene.case, rows.head(PRECURSORS_OPENED))


def _leave_out_suspects(scene: Scene, counted: pl.DataFrame) -> pl.DataFrame:
    kinds = [(suspect.template_id, suspect.service) for suspect in scene.suspects]
    known = pl.DataFrame(kinds, schema={"template_id": pl.String, "service": pl.String}, orient="row")
    return counted.join(known, on=_KEYS, how="anti")


def _is_told(scene: Scene, entry: Entry) -> bool:
    """Tell whether a deploy tells the same: at the same place, or in the same words at about the same time."""
    words = words_of([entry.message])
    for deploy in scene.case.deploys:
        place = deploy.source
        if place.file == entry.place.file and place.line <= entry.place.end_line and entry.place.line <= place.end_line:
            return True
        said = words_of([deploy.summary])
        if abs(deploy.at - entry.time) <= _TOLD and said and 10 * len(said & words) >= 8 * len(said):
            return True
    return False


def _tell(scene: Scene, entry: Entry, counts: tuple[int, int, int], rare: Sequence[Entry], noise: Noise) -> Clue:
    before, within, after = counts
    wording = read_wording(entry.message)
    lead_s = (scene.incident.started_at - entry.time).total_seconds()
    crowd = len(
        {one.template_id for one in rare if one.service == entry.service and abs(one.time - entry.time) <= _BURST}
    )
    expected = noise.expect(entry.service, changes=wording is not Wording.OTHER, lead_s=abs(lead_s))
    strength = 0.85 * wording.weight * weigh_lead(lead_s) / (1.0 + expected)
    strength *= 1.0 if not before else 0.6
    strength /= 1.0 + max(after - within, 0) / 4
    if wording is Wording.OTHER and (after or _is_report(entry.message)):
        strength *= 0.5
    if wording is not Wording.VALUES:
        strength /= crowd**0.5
    if lead_s < 0:
        strength *= 0.8
    often = "the first and only time" if before + after + within == 1 else f"{before} times before and {after} after"
    statement = f"{entry.service} said {_say_lead(lead_s)} the onset, {often}: '{shorten(entry.message)}'"
    return Clue("precursors", entry.service, statement, round(min(strength, 0.9), 2), entry.time, entry.place)


def _is_report(message: str) -> bool:
    """Tell whether a message is full of numbers, as the statistics are that a program writes now and then."""
    return len(_NUMBER.findall(message)) >= 4 or bool(_READ.search(message))


def _say_lead(lead_s: float) -> str:
    return f"{say_span(lead_s)} {'before' if lead_s >= 0 else 'behind'}"


def _find_newcomers(scene: Scene, counted: pl.DataFrame, reach: Reach) -> list[Clue]:
    """Return the messages that never came before and then came again and again, from before the onset on.

    Several that one service begins with together are the words of a new release: each then says less.
    """
    many = counted.filter(pl.col("within") > PRECURSOR_REPEATS, ~pl.col("grave"))
    new = _leave_out_suspects(scene, many.filter(pl.col("first") >= reach.begin))
    usual = many.filter(pl.col("first") >= reach.head, pl.col("first") < reach.begin).height
    rate = usual / max((reach.begin - reach.head).total_seconds(), 1.0)
    rows = new.with_columns(pl.col("opening").alias("places")).unnest("places").sort("time", descending=True)
    entries = [
        entry
        for entry in open_entries(scene.case, rows.head(PRECURSORS_OPENED))
        if not _is_told(scene, entry) and not _is_reworded(scene, entry, counted, reach)
    ]
    totals = dict(zip(new.select(_KEYS).iter_rows(), new["total"], strict=True))
    clues = []
    for entry in entries:
        lead_s = max((reach.onset - entry.time).total_seconds(), 0.0)
        crowd = sum(one.service == entry.service and abs(one.time - entry.time) <= _TOLD for one in entries)
        strength = NEWCOMER_WEIGHT * weigh_lead(lead_s) / (1.0 + rate * max(lead_s, 5.0)) / crowd**0.5
        count = totals[entry.template_id, entry.service]
        statement = (
            f"{entry.service} began to say {_say_lead(lead_s)} the onset, never before and {count:,} times in all: "
            f"'{shorten(entry.message)}'"
        )
        clues.append(Clue("precursors", entry.service, statement, round(strength, 2), entry.time, entry.place))
    return clues


def _words(scene: Scene, ident: str) -> frozenset[str]:
    return words_of([scene.case.templates[ident].text])


def _is_reworded(scene: Scene, entry: Entry, counted: pl.DataFrame, reach: Reach) -> bool:
    """Tell whether a message took the place of an old one of the same service.

    The old one is alike, came to its end at that time, and came about as often.
    """
    words = _words(scene, entry.template_id)
    own = counted.filter(pl.col("template_id") == entry.template_id, pl.col("service") == entry.service)
    lasted_s = ((own["last"] - own["first"]).dt.total_seconds() + 1).item()
    usual_s = (reach.begin - pl.col("first")).dt.total_seconds() + 1
    ended = counted.filter(
        pl.col("service") == entry.service,
        pl.col("before") > 0,
        pl.col("last").is_between(entry.time - 2 * _TOLD, entry.time + _TOLD),
        pl.col("before") / usual_s * VARIANT_RATE >= own["total"].item() / lasted_s,
    )
    known = (_words(scene, ident) for ident in ended["template_id"])
    return any(len(words & others) >= VARIANT_SHARE * max(len(words | others), 1) for others in known)


def _find_new_values(scene: Scene, counted: pl.DataFrame, reach: Reach) -> list[Clue]:
    """Return the messages that always said the same, and something else before the onset."""
    recurring = counted.filter(
        pl.col("total") <= RECURRING_MOST, pl.col("before") >= PRECURSOR_REPEATS, pl.col("within") >= 1
    )
    wanted = [ident for ident in recurring["template_id"] if "<*>" in scene.case.templates[ident].text][
        : PRECURSORS_OPENED // RECURRING_MOST * 4
    ]
    rows = scene.case.records.filter(pl.col("template_id").is_in(wanted), pl.col("time").is_not_null())
    entries = open_entries(scene.case, rows.select(COLUMNS).collect(engine="streaming"))
    tracks: dict[tuple[str, str, str | None], list[Entry]] = {}
    for entry in entries:
        tracks.setdefault((entry.template_id, entry.service, entry.host), []).append(entry)
    found = (_compare_values(scene, track, reach) for track in tracks.values())
    return [clue for clue in found if clue]


def _compare_values(scene: Scene, track: Sequence[Entry], reach: Reach) -> Clue | None:
    """Return the clue of a message that always said one thing, and another from shortly before the onset on."""
    usual = [entry for entry in track if entry.time < reach.begin]
    since = [entry for entry in track if entry.time >= reach.begin]
    new = next((entry for entry in since if entry.message != track[0].message), None)
    if new is None or new.time > reach.end or len(usual) <= PRECURSOR_REPEATS or _is_told(scene, new):
        return None
    long = usual[-1].time - usual[0].time >= (reach.begin - reach.head) / 3
    returns = any(entry.message == track[0].message for entry in since if entry.time > new.time)
    if not long or returns or len({entry.message for entry in usual}) > 1:
        return None
    lead_s = (reach.onset - new.time).total_seconds()
    statement = (
        f"{new.service} said {_say_lead(lead_s)} the onset '{shorten(new.message)}', "
        f"where it had always said '{shorten(usual[-1].message)}' ({len(usual)} times)"
    )
    return Clue("precursors", new.service, statement, round(0.8 * weigh_lead(lead_s), 2), new.time, new.place)
