"""Follows the numbers inside messages over time: which grew or shifted before the onset, into which limit, by whom.

A scene comes in, clues go out. Some thousand records, spread evenly over time, are opened; ids, ports and times are no
numbers here (`quantities`), and values without a trend are silent.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

import numpy as np
import polars as pl

from hotfix.core.facts import Place, Shape
from hotfix.core.settings import (
    BEFORE_SLACK_S,
    DRIVER_GAIN,
    GROWTH_BLUR_POINTS,
    GROWTH_BLUR_S,
    GROWTH_BLUR_SHARE,
    GROWTH_REST,
    GROWTH_STEP_PERCENT,
    HEAD_SHARE,
    LIMIT_NEAR,
    LIMIT_REACHED,
    LIMIT_RECORDS,
    NUMBERS_CLUES,
    NUMBERS_MOMENTS,
    NUMBERS_OPENED,
    NUMBERS_STRONG,
    NUMBERS_TEMPLATES,
    SHIFT_FEWEST,
    TREND_FEWEST,
)
from hotfix.core.text import say_span
from hotfix.diagnosis.features import read_features
from hotfix.diagnosis.headline import shorten, unmask
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.lead import weigh_lead
from hotfix.diagnosis.mechanisms.messages import COLUMNS, Entry, open_entries, words_of
from hotfix.diagnosis.mechanisms.quantities import LEVEL_WORDS, LIMIT_WORDS, Quantity, read_quantities, read_text
from hotfix.diagnosis.mechanisms.trends import Numbers, Trend, find_growth, find_shift, is_counter
from hotfix.signal.deploys.services import is_same_service

_STATUSES = frozenset(float(status) for status in HTTPStatus) | {499.0}
_TOGETHER = timedelta(seconds=10)
_LABELS_MOST = 4
_LABEL_VALUES_MOST = 12


@dataclass(frozen=True, slots=True)
class Point:
    """One number of one record, with what else the record holds."""

    time: datetime
    quantity: Quantity
    labels: Mapping[str, str]
    others: Mapping[str, Quantity]
    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one number over time."""

    service: str
    name: str
    points: Sequence[Point]
    label: tuple[str, str] | None = None  # the part of the records that it is limited to

    def values(self) -> Numbers:
        """Return the values in order of time."""
        return np.array([point.quantity.value for point in self.points], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Finding:
    """A series with its trend."""

    series: Series
    trend: Trend
    grows: bool  # False: it shifted
    leads: bool  # it began before the onset


def find_numbers(scene: Scene) -> Iterable[Clue]:
    """Return the numbers that moved before the onset, strongest first; those that followed it are weak clues."""
    entries = open_entries(scene.case, _choose_records(scene))
    series = _collect_series(entries)
    parts = {id(one): _split(one) for one in series}
    looks = len(series) + sum(len(found) for found in parts.values())
    found = [finding for one in series if (finding := _find_best(scene, one, parts[id(one)], looks))]
    limits = _read_limits(scene) if any(one.grows for one in found) else ()
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


def _collect_series(entries: Sequence[Entry]) -> list[Series]:
    found: dict[tuple[str, str, str], list[Point]] = defaultdict(list)
    for entry in entries:
        quantities = read_quantities(entry)
        if not quantities:
            continue
        labels = _read_labels(entry)
        others = {quantity.name: quantity for quantity in quantities}
        for quantity in quantities:
            point = Point(entry.time, quantity, labels, others, entry.message, entry.place)
            found[entry.template_id, entry.service, quantity.name].append(point)
    return [
        Series(service, name, points)
        for (_, service, name), points in found.items()
        if len(points) >= 2 * SHIFT_FEWEST and _says_quantities({point.quantity.value for point in points})
    ]


def _says_quantities(values: Collection[float]) -> bool:
    """Tell whether values vary and are not the statuses of requests, which say how they ended."""
    return len(values) > 1 and not all(value in _STATUSES for value in values)


def _read_labels(entry: Entry) -> Mapping[str, str]:
    """Return what a record says of whom it speaks: values in words, not numbers."""
    features = read_features(entry.text, entry.host)
    return {name: value for name, value in features.items() if any(char.isalpha() for char in value)}


def _split(series: Series) -> list[Series]:
    """Return the parts of a series by host and by other labels with a few values that each come often."""
    groups: dict[str, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in series.points:
        for name, value in point.labels.items():
            groups[name][value].append(point)
    useful = [name for name, values in groups.items() if 1 < len(values) <= _LABEL_VALUES_MOST]
    return [
        replace(series, points=points, label=(name, value))
        for name in useful[:_LABELS_MOST]
        for value, points in groups[name].items()
        if len(points) >= TREND_FEWEST
    ]


def _find_best(scene: Scene, series: Series, parts: Sequence[Series], looks: int) -> Finding | None:
    """Return the trend of a series; where the whole shows none, the one of the part that moves the most."""
    whole = _find_trend(scene, series, looks)
    if whole is not None:
        return whole
    found = [finding for part in parts if (finding := _find_trend(scene, part, looks))]
    return max(found, key=lambda one: (one.leads, one.grows, _factor(one.trend)), default=None)


def _factor(trend: Trend) -> float:
    low, high = sorted((abs(trend.before), abs(trend.after)))
    return min(high / max(low, 1e-9), 1e6)


def _find_trend(scene: Scene, series: Series, looks: int) -> Finding | None:
    incident = scene.incident
    end = incident.ended_at or scene.case.last
    gradual = incident.shape is Shape.GRADUAL
    slack = timedelta(seconds=BEFORE_SLACK_S)
    horizon = end if gradual else incident.started_at + slack
    values = series.values()
    first = series.points[0].quantity
    if is_counter(values) and not (_is_level(first) or (first.counts_things and not first.is_span)):
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


def _is_level(quantity: Quantity) -> bool:
    return quantity.unit in {"%", "bytes"} or bool(quantity.words & (LEVEL_WORDS | LIMIT_WORDS))


def _read_limits(scene: Scene) -> tuple[tuple[Quantity, str], ...]:
    """Return the limits that rare records state, such as settings told at the start, with the service that says so."""
    rare = [
        one
        for one in scene.case.templates.values()
        if one.count < TREND_FEWEST and words_of([one.text]) & (LIMIT_WORDS - {"of", "out", "available"})
    ][:LIMIT_RECORDS]
    rare.sort(key=lambda one: (one.sample.file, one.sample.line))
    texts = scene.case.open_texts([one.sample for one in rare])
    return tuple(
        (quantity, one.services[0] if one.services else "")
        for one, text in zip(rare, texts, strict=True)
        for quantity in read_text(text.split("\n", 1)[0])
        if quantity.words & LIMIT_WORDS
    )


def _tell(scene: Scene, finding: Finding, limits: Sequence[tuple[Quantity, str]], kin: Sequence[Point]) -> Clue:
    series, trend = finding.series, finding.trend
    begin, end = series.points[trend.begin], series.points[trend.end]
    onset = scene.incident.started_at
    limit = _find_limit(finding, limits) if finding.leads else None
    whom = f"{series.service} ({series.label[0]} {series.label[1]})" if series.label else series.service
    old, new = _show(series, trend.before), _show(series, trend.after)
    if finding.grows:
        way = "grew" if trend.after > trend.before else "fell"
        span = f"between {begin.time:%H:%M:%S} and {end.time:%H:%M:%S}"
    else:
        way, span = "went", f"at {begin.time:%H:%M:%S}"
    said = f"'{unmask(series.name, 'N')}' of {whom} {way} from {old} to {new} {span}"
    relation = _relate(finding, onset)
    driver = _find_driver(finding, kin) or _find_newcomer(scene, finding)
    release = _find_release(scene, finding)
    statement = ", ".join(part for part in (said, relation, limit, driver, release) if part)
    strength = _weigh(scene, finding, limit, driver or release)
    return Clue("numbers", series.service, statement, strength, begin.time, begin.place)


def _find_release(scene: Scene, finding: Finding) -> str | None:
    """Return the latest change of the same service from which on a growth left all that was before."""
    if not finding.grows or not finding.leads:
        return None
    own = [
        deploy
        for deploy in scene.case.deploys
        if is_same_service(deploy.service, finding.series.service) and _begins_with(scene, finding, deploy.at)
    ]
    best = max(own, key=lambda deploy: deploy.at, default=None)
    return None if best is None else f"having begun with {shorten(best.summary)} at {best.at:%H:%M:%S}"


def _begins_with(scene: Scene, finding: Finding, at: datetime) -> bool:
    """Tell whether soon after a time, and never before it, the values left their level; all must be new, or rested."""
    points = finding.series.points[: finding.trend.end + 1]
    before = sum(point.time < at for point in points)
    every = (points[-1].time - points[0].time) / max(len(points) - 1, 1)
    blur = max(timedelta(seconds=GROWTH_BLUR_S), (points[-1].time - at) * GROWTH_BLUR_SHARE, every * GROWTH_BLUR_POINTS)
    if not before:
        return _is_newcomer(scene, finding.series) and points[0].time - at <= blur
    sign = 1 if finding.trend.after > finding.trend.before else -1
    values = [sign * point.quantity.value for point in points]
    inside = [index for index, value in enumerate(values) if value <= max(values[:before])]
    left = inside[-1] + 1
    return before >= SHIFT_FEWEST and left < len(points) and points[left].time - at <= blur


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
    named = 1.0 if _is_level(series.points[0].quantity) else 0.85
    if not finding.leads:
        return round(0.2 * reach * named, 2)
    lead_s = (scene.incident.started_at - series.points[trend.begin].time).total_seconds()
    quantity = series.points[0].quantity
    if not finding.grows and (quantity.is_span or (lead_s <= BEFORE_SLACK_S and not trend.steady)):
        return round(0.3 * reach * named * weigh_lead(lead_s), 2)  # slowness is a symptom, and so is what comes with it
    if finding.grows:
        base = (
            0.6 if trend.fresh or limit or _is_newcomer(scene, series) else 0.3
        )  # what grew all the time may do so on good days too
    else:
        base = (0.7 if lead_s > BEFORE_SLACK_S else 0.45) if trend.steady else 0.5
    base += 0.2 * bool(limit) + 0.1 * bool(driver)
    if finding.grows:
        lead_s = 0.0 if limit else (scene.incident.started_at - series.points[trend.end].time).total_seconds()
        base *= 0.6 + 0.4 * min(math.log2(_factor(trend)), 1.0)
    return round(min(base, 0.95) * reach * named * weigh_lead(lead_s), 2)


def _show(series: Series, value: float) -> str:
    """Return a value as the records write it: the number as written whose value is nearest."""
    near = min(series.points, key=lambda point: abs(point.quantity.value - value))
    if near.quantity.unit == "bytes" and near.quantity.value >= 10 * 2**20 and near.quantity.shown[-1:].isdigit():
        return f"{near.quantity.value / 2**20:,.0f} MiB"
    return near.quantity.shown


def _find_limit(finding: Finding, limits: Sequence[tuple[Quantity, str]]) -> str | None:
    """Return the limit that the growth ran into: one of the same record, a full 100 %, nothing left, a stated one."""
    series, trend = finding.series, finding.trend
    if not finding.grows:
        return None
    last, unit = series.points[trend.end], series.points[trend.end].quantity.unit
    if trend.after < trend.before:
        return "until next to nothing was left" if trend.after <= (1 - LIMIT_NEAR) * trend.before else None
    for name, other in last.others.items():
        fits = other.value > 0 and trend.after / other.value
        constant = _is_constant(series.points, name)
        if name != series.name and other.words & LIMIT_WORDS and constant and LIMIT_NEAR <= fits <= 1.1:
            return f"{_say_reach(fits)} its limit '{unmask(name, 'N')}' of {other.shown}"
    if unit == "%" and trend.after >= 100 * LIMIT_NEAR and trend.after <= 100:
        return f"{_say_reach(trend.after / 100)} the limit of 100%"
    for other, service in limits:
        if other.unit == unit and other.value >= 3 and abs(other.value - trend.after) <= 0.01 * other.value:
            return f"up to the limit '{unmask(other.name, 'N')}' of {other.shown} that {service} states"
    return None


def _say_reach(share: float) -> str:
    return "up to" if share >= LIMIT_REACHED else "close to"


def _is_constant(points: Sequence[Point], name: str) -> bool:
    values = [point.others[name].value for point in points if name in point.others]
    return values.count(values[-1]) >= 0.9 * len(values)


def _find_driver(finding: Finding, kin: Sequence[Point]) -> str | None:
    """Return whose share of the growth is the most: one value of a label, or another number of the same records.

    Args:
        finding: a growth.
        kin: all points of numbers with the same name and service: messages of other tenants, hosts, pools.
    """
    if not finding.grows or not finding.leads:
        return None
    points = finding.series.points[finding.trend.begin : finding.trend.end + 1]
    label = finding.series.label
    near = sorted((one for one in kin if points[0].time <= one.time <= points[-1].time), key=lambda one: one.time)
    driver = _find_label(near)
    if driver and label and driver.endswith(f" {label[0]} {label[1]}"):
        return None
    return driver or _find_companion(finding, points)


def _find_newcomer(scene: Scene, finding: Finding) -> str | None:
    """Return the message whose records tell of the growth, when there were none of them for a good while before."""
    if not finding.grows or not _is_newcomer(scene, finding.series):
        return None
    first = finding.series.points[0]
    return f"told by records that first came at {first.time:%H:%M:%S}: '{shorten(first.message)}'"


def _is_newcomer(scene: Scene, series: Series) -> bool:
    healthy = scene.incident.started_at - scene.case.first
    return series.points[0].time - scene.case.first >= GROWTH_REST * healthy


def _find_label(points: Sequence[Point]) -> str | None:
    names = sorted({name for point in points for name in point.labels})
    for name in names:
        groups: dict[str, list[float]] = defaultdict(list)
        for point in points:
            if name in point.labels:
                groups[point.labels[name]].append(point.quantity.value)
        gains = {value: _gain(values) for value, values in groups.items() if len(values) >= 2 * SHIFT_FEWEST}
        total = sum(gain for gain in gains.values() if gain > 0)
        if not 1 < len(gains) <= _LABEL_VALUES_MOST or total <= 0:
            continue
        first = max(gains, key=lambda value: gains[value])
        if gains[first] >= DRIVER_GAIN * total:
            return f"driven by {name} {first}"
    return None


def _find_companion(finding: Finding, points: Sequence[Point]) -> str | None:
    """Return the number of the same records whose growth is most of this one's, as a part is of a sum."""
    whole = finding.trend.after - finding.trend.before
    kept = dict(_companions(points))
    gains = {name: _gain([quantity.value for quantity in values]) / whole for name, values in kept.items()}
    parts = {name: gain for name, gain in gains.items() if name != finding.series.name and DRIVER_GAIN <= gain <= 1.05}
    unit = finding.series.points[0].quantity.unit
    for name in sorted(parts, key=lambda name: -parts[name]):
        values = kept[name]
        if values[0].unit == unit and not values[0].words & LIMIT_WORDS:
            return f"together with '{unmask(name, 'N')}', which went from {values[0].shown} to {values[-1].shown}"
    return None


def _companions(points: Sequence[Point]) -> Iterator[tuple[str, list[Quantity]]]:
    for name in points[0].others:
        values = [point.others[name] for point in points if name in point.others]
        if len(values) == len(points):
            yield name, values


def _gain(values: Sequence[float]) -> float:
    third = max(len(values) // 3, 1)
    return float(np.median(values[-third:]) - np.median(values[:third]))
