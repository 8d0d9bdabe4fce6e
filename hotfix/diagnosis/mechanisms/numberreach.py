"""Tells into which limit a growing number ran, who drives it and with what it began: a finding in, clauses out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from hotfix.core.settings import (
    DRIVER_GAIN,
    GROWTH_BLUR_POINTS,
    GROWTH_BLUR_S,
    GROWTH_BLUR_SHARE,
    LIMIT_NEAR,
    LIMIT_REACHED,
    LIMIT_RECORDS,
    SHIFT_FEWEST,
    TREND_FEWEST,
)
from hotfix.diagnosis.headline import shorten, unmask
from hotfix.diagnosis.mechanisms.contract import Scene
from hotfix.diagnosis.mechanisms.messages import words_of
from hotfix.diagnosis.mechanisms.numberseries import LABEL_VALUES_MOST, Finding, Point, is_newcomer
from hotfix.diagnosis.mechanisms.quantities import LIMIT_WORDS, Quantity, read_text
from hotfix.signal.deploys.services import is_same_service


def read_limits(scene: Scene) -> tuple[tuple[Quantity, str], ...]:
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


def find_limit(finding: Finding, limits: Sequence[tuple[Quantity, str]]) -> str | None:
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


def find_release(scene: Scene, finding: Finding) -> str | None:
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
        return is_newcomer(scene, finding.series) and points[0].time - at <= blur
    sign = 1 if finding.trend.after > finding.trend.before else -1
    values = [sign * point.quantity.value for point in points]
    inside = [index for index, value in enumerate(values) if value <= max(values[:before])]
    left = inside[-1] + 1
    return before >= SHIFT_FEWEST and left < len(points) and points[left].time - at <= blur


def find_driver(finding: Finding, kin: Sequence[Point]) -> str | None:
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


def find_newcomer(scene: Scene, finding: Finding) -> str | None:
    """Return the message whose records tell of the growth, when there were none of them for a good while before."""
    if not finding.grows or not is_newcomer(scene, finding.series):
        return None
    first = finding.series.points[0]
    return f"told by records that first came at {first.time:%H:%M:%S}: '{shorten(first.message)}'"


def _find_label(points: Sequence[Point]) -> str | None:
    names = sorted({name for point in points for name in point.labels})
    for name in names:
        groups: dict[str, list[float]] = defaultdict(list)
        for point in points:
            if name in point.labels:
                groups[point.labels[name]].append(point.quantity.value)
        gains = {value: _gain(values) for value, values in groups.items() if len(values) >= 2 * SHIFT_FEWEST}
        total = sum(gain for gain in gains.values() if gain > 0)
        if not 1 < len(gains) <= LABEL_VALUES_MOST or total <= 0:
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
