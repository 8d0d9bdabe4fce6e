"""Follows the numbers inside messages over time: which grew or shifted before the onset, into which limit, by whom.

A scene comes in, clues go out. Some thousand records, spread evenly over time, are opened; ids, ports and times are no
numbers here (`quantities`), and values without a trend are silent.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.facts import Shape
from hotfix.core.settings import (
    BEFORE_SLACK_S,
    GROWTH_STEP_PERCENT,
    HEAD_SHARE,
    NUMBERS_CLUES,
    NUMBERS_MOMENTS,
    NUMBERS_OPENED,
    NUMBERS_STRONG,
    NUMBERS_TEMPLATES,
    TREND_FEWEST,
)
from hotfix.core.text import say_span
from hotfix.diagnosis.headline import unmask
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.lead import weigh_lead
from hotfix.diagnosis.mechanisms.messages import COLUMNS, open_entries, words_of
from hotfix.diagnosis.mechanisms.numberreach import find_driver, find_limit, find_newcomer, find_release, read_limits
from hotfix.diagnosis.mechanisms.numberseries import (
    Finding,
    Point,
    Series,
    collect_series,
    is_level,
    is_newcomer,
    measure_factor,
    split_series,
)
from hotfix.diagnosis.mechanisms.quantities import LEVEL_WORDS, LIMIT_WORDS, Quantity
from hotfix.diagnosis.mechanisms.trends import Numbers, Trend, find_growth, find_shift, is_counter

_TOGETHER = timedelta(seconds=10)


def find_numbers(scene: Scene) -> Iterable[Clue]:
    """Return the numbers that moved before the onset, strongest first; those that followed it are weak clues."""
    entries = open_entries(scene.case, _choose_records(scene))
    series = collect_series(entries)
    parts = {id(one): split_series(one) for one in series}
    looks = len(series) + sum(len(found) for found in parts.values())
    found = [finding for one in series if (finding := _find_best(scene, one, parts[id(one)], looks))]
    limits = read_limits(scene) if any(one.grows for one in found) else ()
    kin: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for one in series:
        kin[one.service, one.name].extend(one.points)
    told = (_tell(scene, one, limits, kin[one.series.service, one.series.name]) for one in found)
    return tuple(_thin(sorted(told, key=lambda clue: -clue.strength))[:NUMBERS_CLUES])


def _thin(clues: Sequence[Clue]) -> list[Clue]:
    """Return the strong clues, and of weak ones of a service that began together the first."""
    kept: list[Clue] = []
    told: set[str] = set()
    for clue in clues:
        said = clue.statement.replace(f" of {clue.service} ", " ")
        if said in told:
            continue  # what a machine measures, each of its programs tells
        told.add(said)
        together = (one for one in kept if one.service == clue.service and abs(one.at - clue.at) <= _TOGETHER)
        if clue.strength >= NUMBERS_STRONG or not any(together):
            kept.append(clue)
    return kept


def _choose_records(scene: Scene) -> pl.DataFrame:
    """Return the first record of each message, service and host in each of NUMBERS_MOMENTS intervals."""
    case, onset = scene.case, scene.incident.started_at
    involved = {*scene.incident.services, *(suspect.service for suspect in scene.suspects)}
    usual = [one for one in case.templates.values() if one.count >= TREND_FEWEST]

    def promise(text: str, services: Sequence[str], count: int) -> tuple[bool, bool, int]:
        words = words_of([text])
        return not words & (LEVEL_WORDS | LIMIT_WORDS), involved.isdisjoint(services), -count

    usual.sort(key=lambda one: (*promise(one.text, one.services, one.count), one.id))
    chosen = [one.id for one in usual[:NUMBERS_TEMPLATES]]
    width = max((case.last - case.first) / NUMBERS_MOMENTS, timedelta(microseconds=1))
    moment = ((pl.col("time") - onset).dt.total_microseconds() // max(width // timedelta(microseconds=1), 1)).alias(
        "moment"
    )
    keys = ("template_id", "service", "host")
    rest = [name for name in COLUMNS if name not in keys]
    known = case.records.filter(
        pl.col("template_id").is_in(chosen), pl.col("time").is_between(case.first, case.last), ~pl.col("time_inferred")
    )
    first = pl.struct(rest).bottom_k_by(["time", "file_id", "line"], 1).first()
    rows = known.group_by(*keys, moment).agg(first.alias("first")).collect(engine="streaming").unnest("first")
    order = pl.DataFrame(list(enumerate(chosen)), {"rank": pl.Int64, "template_id": pl.String}, orient="row")
    frequent = rows.filter(pl.len().over(*keys) >= TREND_FEWEST).join(order, on="template_id")
    return frequent.sort("rank", "service", "host", "time", "file_id", "line").head(NUMBERS_OPENED)


def _find_best(scene: Scene, series: Series, parts: Sequence[Series], looks: int) -> Finding | None:
    """Return the trend of a series; where the whole shows none, the one of the part that moves the most."""
    whole = _find_trend(scene, series, looks)
    if whole is not None:
        return whole
    found = [finding for part in parts if (finding := _find_trend(scene, part, looks))]
    return max(found, key=lambda one: (one.leads, one.grows, measure_factor(one.trend)), default=None)


def _find_trend(scene: Scene, series: Series, looks: int) -> Finding | None:
    incident = scene.incident
    end = incident.ended_at or scene.case.last
    gradual = incident.shape is Shape.GRADUAL
    slack = timedelta(seconds=BEFORE_SLACK_S)
    horizon = end if gradual else incident.started_at + slack
    values = series.values()
    first = series.points[0].quantity
    if is_counter(values) and not (is_level(first) or (first.counts_things and not first.is_span)):
        return None
    until = sum(point.time <= horizon for point in series.points)
    growth = find_growth(values[:until], looks)
    if growth and _matters(series, growth) and series.points[growth.begin].time <= incident.started_at + slack:
        return Finding(series, growth, grows=True, leads=True)
    return _find_step(scene, series, values[: sum(point.time <= end for point in series.points)], looks)


def _find_step(scene: Scene, series: Series, values: Numbers, looks: int) -> Finding | None:
    """Return the shift to another level, unless it comes at the very beginning, where everything warms up."""
    shift = find_shift(values, looks)
    if shift is None or not _matters(series, shift):
        return None
    case, onset = scene.case, scene.incident.started_at
    at, last = series.points[shift.begin].time, series.points[shift.begin - 1].time
    if at <= case.first + (case.last - case.first) * HEAD_SHARE:
        return None
    leads = at <= onset + timedelta(seconds=BEFORE_SLACK_S)
    return Finding(
        series, shift, grows=False, leads=leads or (shift.steady and last < onset < at and at - onset < onset - last)
    )


def _matters(series: Series, trend: Trend) -> bool:
    """Tell whether a percentage moved by more than a few points; any other number by its factor does."""
    return series.points[0].quantity.unit != "%" or abs(trend.after - trend.before) >= GROWTH_STEP_PERCENT


def _tell(scene: Scene, finding: Finding, limits: Sequence[tuple[Quantity, str]], kin: Sequence[Point]) -> Clue:
    series, trend = finding.series, finding.trend
    begin, end = series.points[trend.begin], series.points[trend.end]
    onset = scene.incident.started_at
    limit = find_limit(finding, limits) if finding.leads else None
    whom = f"{series.service} ({series.label[0]} {series.label[1]})" if series.label else series.service
    old, new = _show(series, trend.before), _show(series, trend.after)
    if finding.grows:
        way = "grew" if trend.after > trend.before else "fell"
        span = f"between {begin.time:%H:%M:%S} and {end.time:%H:%M:%S}"
    else:
        way, span = "went", f"at {begin.time:%H:%M:%S}"
    said = f"'{unmask(series.name, 'N')}' of {whom} {way} from {old} to {new} {span}"
    relation = _relate(finding, onset)
    driver = find_driver(finding, kin) or find_newcomer(scene, finding)
    release = find_release(scene, finding)
    statement = ", ".join(part for part in (said, relation, limit, driver, release) if part)
    strength = _weigh(scene, finding, limit, driver or release)
    return Clue("numbers", series.service, statement, strength, begin.time, begin.place)


def _relate(finding: Finding, onset: datetime) -> str:
    if not finding.leads:
        return "after the onset"
    ahead_s = (onset - finding.series.points[finding.trend.begin].time).total_seconds()
    if finding.grows:
        return "before the onset"
    return "at the onset" if ahead_s <= BEFORE_SLACK_S else f"{say_span(ahead_s)} before the onset"


def _weigh(scene: Scene, finding: Finding, limit: str | None, driver: str | None) -> float:
    series, trend = finding.series, finding.trend
    involved = series.service in {*scene.incident.services, *(suspect.service for suspect in scene.suspects)}
    reach = 1.0 if involved else 0.8
    named = 1.0 if is_level(series.points[0].quantity) else 0.85
    if not finding.leads:
        return round(0.2 * reach * named, 2)
    lead_s = (scene.incident.started_at - series.points[trend.begin].time).total_seconds()
    quantity = series.points[0].quantity
    if not finding.grows and (quantity.is_span or (lead_s <= BEFORE_SLACK_S and not trend.steady)):
        return round(0.3 * reach * named * weigh_lead(lead_s), 2)  # slowness is a symptom, and so is what comes with it
    if finding.grows:
        base = (
            0.6 if trend.fresh or limit or is_newcomer(scene, series) else 0.3
        )  # what grew all the time may do so on good days too
    else:
        base = (0.7 if lead_s > BEFORE_SLACK_S else 0.45) if trend.steady else 0.5
    base += 0.2 * bool(limit) + 0.1 * bool(driver)
    if finding.grows:
        lead_s = 0.0 if limit else (scene.incident.started_at - series.points[trend.end].time).total_seconds()
        base *= 0.6 + 0.4 * min(math.log2(measure_factor(trend)), 1.0)
    return round(min(base, 0.95) * reach * named * weigh_lead(lead_s), 2)


def _show(series: Series, value: float) -> str:
    """Return a value as the records write it: the number as written whose value is nearest."""
    near = min(series.points, key=lambda point: abs(point.quantity.value - value))
    if near.quantity.unit == "bytes" and near.quantity.value >= 10 * 2**20 and near.quantity.shown[-1:].isdigit():
        return f"{near.quantity.value / 2**20:,.0f} MiB"
    return near.quantity.shown
