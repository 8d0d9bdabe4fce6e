"""Detects that a service fails more often: the share of its records at error or fatal rises."""

from collections.abc import Iterator

from hotfix.core.facts import Metric
from hotfix.core.settings import ERROR_RATIO_RISE, ERROR_RATIO_STEP, EVENTS_FEWEST
from hotfix.signal.detectors.contract import Finding, Signals
from hotfix.signal.segments import find_stretches


def detect_rate(signals: Signals) -> Iterator[Finding]:
    """Yield rises of the error ratio of each service; volume alone never makes one."""
    for service, errors in signals.errors.items():
        if errors.sum() < EVENTS_FEWEST:
            continue
        for found in find_stretches(errors, signals.volume[service], signals.series):
            step = found.after - found.before
            if step < ERROR_RATIO_STEP or found.after < ERROR_RATIO_RISE * found.before:
                continue
            yield Finding(
                Metric.ERROR_RATIO,
                service,
                None,
                found.shape,
                found.start,
                found.end,
                found.chance,
                rises=True,
                period_s=found.period and found.period * signals.timeline.width_s,
            )
