"""Detects that a service which used to speak is silent, for good or for a while."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Metric, Shape
from hotfix.core.settings import (
    FALSE_ALARM_RATE,
    SILENCE_EVENTS,
    SILENCE_RISE,
    SILENCE_SHORTEST_S,
    SILENCE_SPOKEN_SHARE,
)
from hotfix.signal.detectors.contract import Finding, Signals


@dataclass(frozen=True, slots=True)
class _Pause:
    last: int  # time of the record before the pause, µs
    next: int  # time of the record after it, or the end of the data
    usual: int  # longest other pause of the service, µs
    records: int
    ends: bool


def detect_silence(signals: Signals) -> Iterator[Finding]:
    """Yield the longest pause of each service when it is far longer than every other pause of that service."""
    for (service,), frame in signals.counts.services.group_by("service", maintain_order=True):
        pause = _find_pause(frame, signals.timeline.last, signals.timeline.width)
        if pause is None:
            continue
        chance = pause_chance(pause.next - pause.last, pause.usual, pause.records)
        if chance * signals.series <= FALSE_ALARM_RATE:
            yield _report(signals, str(service), pause, chance)


def pause_chance(pause: int, longest_other: int, records: int) -> float:
    """Return the chance that any pause outdoes all others by this factor while records come at random (Poisson).

    For ``m`` exponential pauses of unknown rate, one given pause exceeds ``c`` times the longest other with chance
    ``m B(c + 1, m)``; any of them may be the one.

    Source: Rényi, "On the theory of order statistics", Acta Math. Hung. 4 (1953): spacings of exponential samples.
    """
    factor, others = pause / max(longest_other, 1), max(records - 2, 1)
    log_beta = math.lgamma(factor + 1) + math.lgamma(others) - math.lgamma(factor + 1 + others)
    return min(1.0, (others + 1) * math.exp(math.log(others) + log_beta))


def _find_pause(frame: pl.DataFrame, end: int, width: int) -> _Pause | None:
    """Return the longest pause that is no mere end of data; pauses inside a bucket are shorter than its width."""
    records = int(frame["n"].sum())
    if records < SILENCE_EVENTS:
        return None
    lasts: NDArray[np.int64] = frame["last"].to_numpy()
    nexts = np.append(frame["first"].to_numpy()[1:], end)
    pauses = nexts - lasts
    at = int(pauses.argmax())
    usual = max(int(np.delete(pauses, at).max(initial=0)), width)
    least = max(SILENCE_SHORTEST_S * 1e6, SILENCE_RISE * usual)
    spoken = int(lasts[at]) - int(frame["first"][0])
    if pauses[at] < least or spoken < SILENCE_SPOKEN_SHARE * (end - int(frame["first"][0])):
        return None
    return _Pause(int(lasts[at]), int(nexts[at]), usual, min(records, len(frame)), at < len(frame) - 1)


def _report(signals: Signals, service: str, pause: _Pause, chance: float) -> Finding:
    timeline = signals.timeline
    expected = min(pause.last + pause.usual, pause.next)
    return Finding(
        Metric.VOLUME,
        service,
        None,
        Shape.SUDDEN,
        (pause.last - timeline.start) // timeline.width,
        (pause.next - timeline.start) // timeline.width if pause.ends else None,
        chance,
        rises=False,
        at=expected,
        until=pause.next if pause.ends else None,
    )
