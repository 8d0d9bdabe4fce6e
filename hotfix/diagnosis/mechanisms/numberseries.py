"""Reads the numbers inside messages as series over time: opened records come in, series and their parts go out."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import numpy as np

from hotfix.core.facts import Place
from hotfix.core.settings import GROWTH_REST, SHIFT_FEWEST, TREND_FEWEST
from hotfix.diagnosis.features import read_features
from hotfix.diagnosis.mechanisms.contract import Scene
from hotfix.diagnosis.mechanisms.messages import Entry
from hotfix.diagnosis.mechanisms.quantities import LEVEL_WORDS, LIMIT_WORDS, Quantity, read_quantities
from hotfix.diagnosis.mechanisms.trends import Numbers, Trend

LABEL_VALUES_MOST = 12
"""Values of a label beyond which it tells no parts apart."""
_STATUSES = frozenset(float(status) for status in HTTPStatus) | {499.0}
_LABELS_MOST = 4


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


def collect_series(entries: Sequence[Entry]) -> list[Series]:
    """Return each number of each message and service that has values enough, and various ones."""
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


def split_series(series: Series) -> list[Series]:
    """Return the parts of a series by host and by other labels with a few values that each come often."""
    groups: dict[str, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in series.points:
        for name, value in point.labels.items():
            groups[name][value].append(point)
    useful = [name for name, values in groups.items() if 1 < len(values) <= LABEL_VALUES_MOST]
    return [
        replace(series, points=points, label=(name, value))
        for name in useful[:_LABELS_MOST]
        for value, points in groups[name].items()
        if len(points) >= TREND_FEWEST
    ]


def is_level(quantity: Quantity) -> bool:
    """Tell whether a number says how full something is: a share, bytes, words of a level or a limit."""
    return quantity.unit in {"%", "bytes"} or bool(quantity.words & (LEVEL_WORDS | LIMIT_WORDS))


def is_newcomer(scene: Scene, series: Series) -> bool:
    """Tell whether a series began only after a good while of the healthy time."""
    healthy = scene.incident.started_at - scene.case.first
    return series.points[0].time - scene.case.first >= GROWTH_REST * healthy


def measure_factor(trend: Trend) -> float:
    """Return how many times the higher of the two levels of a trend is the lower one."""
    low, high = sorted((abs(trend.before), abs(trend.after)))
    return min(high / max(low, 1e-9), 1e6)
