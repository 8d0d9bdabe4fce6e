"""From an analysis to the geometry of its chart: series over time, when things changed, the onset and the deploys.

Goes out: numbers and paths in the units of one SVG view box, and short labels; the template draws them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hotfix.core.facts import Analysis, Change, Curve, Deploy, Incident, Metric
from hotfix.core.plain import tame
from hotfix.core.settings import BUCKET_WIDTHS_S, CURVES_DRAWN
from hotfix.report.answers import find_trigger, first_time, last_time, nearest_deploys
from hotfix.report.plain import shorten
from hotfix.report.words import METRICS, say_value

WIDTH = 880
_LEFT, _RIGHT = 10, 10
_PANEL_HEIGHT, _PANEL_GAP = 76, 30
_LANE_HEIGHT = 20
_MARKS_HEIGHT, _MARK_WIDTH = 34, 30
_LANES_MOST = 8
_MARKS_MOST = 12
_TICKS_MOST = 6
_LABEL_LONGEST = 60
_COUNTS = (Metric.VOLUME, Metric.TEMPLATE_COUNT)
"""Metrics that a curve counts per interval, and a reader per minute."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One series: its name, its largest value, and the line and the area below it as SVG paths."""

    label: str
    most: str
    top: float
    bottom: float
    line: str
    area: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One change of the logs: a bar from its begin to its end."""

    id: str
    label: str
    y: float
    x: float
    width: float
    label_x: float
    anchor: str  # SVG's text-anchor: the label stands left of the bar, right of it, or inside
    inside: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One deploy: a line at its time."""

    id: str
    x: float
    label_y: float
    cited: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws, in units of a view box of WIDTH × height."""

    width: int
    height: float
    axis_y: float
    panels: tuple[Panel, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    onset_x: float
    end_x: float


@dataclass(frozen=True, slots=True)
class _Axis:
    """Times on the width of the chart."""

    first: datetime
    last: datetime

    def holds(self, time: datetime) -> bool:
        return self.first <= time <= self.last

    def x(self, time: datetime) -> float:
        share = (time - self.first) / (self.last - self.first)
        return round(_LEFT + min(max(share, 0.0), 1.0) * (WIDTH - _LEFT - _RIGHT), 1)


def draw_chart(analysis: Analysis) -> Chart | None:
    """Return the chart of an incident; None without one, or when the logs span no time."""
    incident, first, last = analysis.incident, first_time(analysis), last_time(analysis)
    if incident is None or first is None or last is None or last <= first:
        return None
    axis = _Axis(first, last)
    marks = tuple(_place_marks(analysis, axis))
    curves = [curve for curve in analysis.series if _largest(curve) > 0][:CURVES_DRAWN]
    panels = tuple(_draw_panel(curve, axis, index) for index, curve in enumerate(curves))
    top = _MARKS_HEIGHT + len(panels) * (_PANEL_HEIGHT + _PANEL_GAP) + _LANE_HEIGHT
    lanes = tuple(_draw_lanes(analysis.changes, axis, top))
    axis_y = top + max(len(lanes), 1) * _LANE_HEIGHT
    return Chart(
        width=WIDTH,
        height=axis_y + 24,
        axis_y=axis_y,
        panels=panels,
        lanes=lanes,
        marks=marks,
        ticks=tuple(_place_ticks(axis)),
        onset_x=axis.x(incident.started_at),
        end_x=axis.x(_end(incident, last)),
    )


def _end(incident: Incident, last: datetime) -> datetime:
    return incident.ended_at or last


def _largest(curve: Curve) -> float:
    return max((value for value in curve.values if value is not None), default=0.0)


def _draw_panel(curve: Curve, axis: _Axis, index: int) -> Panel:
    most = _largest(curve)
    top = _MARKS_HEIGHT + index * (_PANEL_HEIGHT + _PANEL_GAP) + _PANEL_GAP - 8
    bottom = top + _PANEL_HEIGHT
    steps = [
        (
            axis.x(curve.start + timedelta(seconds=place * curve.width_s)),
            axis.x(curve.start + timedelta(seconds=(place + 1) * curve.width_s)),
            None if value is None else round(bottom - value / most * _PANEL_HEIGHT, 1),
        )
        for place, value in enumerate(curve.values)
    ]
    return Panel(
        label=shorten(tame(f"{curve.service}: {METRICS[curve.metric]}"), _LABEL_LONGEST),
        most=say_value(curve.metric, most * 60 / curve.width_s if curve.metric in _COUNTS else most),
        top=top,
        bottom=bottom,
        line=" ".join(_trace(steps)),
        area=" ".join(f"M{begin} {bottom}V{y}H{end}V{bottom}Z" for begin, end, y in steps if y is not None),
    )


def _trace(steps: Sequence[tuple[float, float, float | None]]) -> Iterator[str]:
    """Yield a stepped line that is broken where there was no record."""
    drawing = False
    for begin, end, y in steps:
        if y is not None:
            yield f"V{y}H{end}" if drawing else f"M{begin} {y}H{end}"
        drawing = y is not None


def _draw_lanes(changes: Sequence[Change], axis: _Axis, top: float) -> Iterator[Lane]:
    shown = [change for change in changes if axis.holds(change.at)][:_LANES_MOST]
    for index, change in enumerate(shown):
        x = axis.x(change.at)
        end = max(axis.x(change.until or axis.last), x + 3)
        before, after = x > WIDTH / 2, end < WIDTH / 2
        yield Lane(
            id=change.id,
            label=shorten(tame(f"{change.id} {change.service}: {METRICS[change.metric]}"), _LABEL_LONGEST),
            y=top + index * _LANE_HEIGHT,
            x=x,
            width=round(end - x, 1),
            label_x=x - 6 if before else end + 6 if after else x + 6,
            anchor="end" if before else "start",
            inside=not before and not after,
        )


def _place_marks(analysis: Analysis, axis: _Axis) -> Iterator[Mark]:
    trigger = find_trigger(analysis)
    cited = trigger.deploy.id if trigger else None
    rows: list[float] = []
    for deploy in _within(nearest_deploys(analysis, len(analysis.deploys)), axis, cited):
        x = axis.x(deploy.at)
        row = next((number for number, taken in enumerate(rows) if taken + _MARK_WIDTH <= x), len(rows))
        rows[row : row + 1] = [x]
        yield Mark(deploy.id, x, 12 + 12 * (row % 2), deploy.id == cited)


def _within(deploys: Sequence[Deploy], axis: _Axis, cited: str | None) -> Sequence[Deploy]:
    """Return the last deploys that the axis holds, the cited one always among them."""
    inside = [deploy for deploy in deploys if axis.holds(deploy.at)]
    kept = {deploy.id for deploy in inside[-_MARKS_MOST:]} | {cited}
    return [deploy for deploy in inside if deploy.id in kept]


def _place_ticks(axis: _Axis) -> Iterator[Tick]:
    span_s = (axis.last - axis.first).total_seconds()
    days = 86_400 * max(1, round(span_s / 86_400 / _TICKS_MOST))
    width_s = next((width for width in BUCKET_WIDTHS_S if span_s / width <= _TICKS_MOST), days)
    form = (
        "%m-%d" if width_s >= 86_400 else "%m-%d %H:%M" if span_s > 86_400 else "%H:%M:%S" if width_s < 60 else "%H:%M"
    )
    number = int(axis.first.timestamp() // width_s) + 1
    while (time := datetime.fromtimestamp(number * width_s, UTC)) <= axis.last:
        yield Tick(axis.x(time), time.strftime(form))
        number += 1
