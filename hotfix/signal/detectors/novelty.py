"""Detects messages that come up, come much more often, or vanish, per service and template."""

from collections.abc import Iterator

import numpy as np

from hotfix.core.facts import Metric, Shape
from hotfix.core.settings import (
    ERROR_COUNT_RISE,
    EVENTS_FEWEST,
    QUIET_COUNT_RISE,
    QUIET_EVENTS_FEWEST,
    TAIL_SHARE,
)
from hotfix.signal.detectors.contract import Finding, Signals
from hotfix.signal.scan import Numbers
from hotfix.signal.segments import Stretch, find_stretches


def detect_novelty(signals: Signals) -> Iterator[Finding]:
    """Yield what changed in the counts of single messages.

    A count is compared with the service's healthy traffic at the same time, so a surge of traffic changes nothing.
    """
    for (service, template), hits in zip(signals.messages.keys, _rows(signals), strict=True):
        grave = signals.is_grave(template)
        trials = weigh_traffic(signals, service, hits, grave=grave)
        for found in find_stretches(hits, trials, signals.series):
            if _matters(found, hits, grave=grave):
                yield _report(signals, service, template, found, rises=True)
        if not grave:
            yield from _find_vanished(signals, service, template, hits, trials)


def _rows(signals: Signals) -> Iterator[Numbers]:
    return (signals.messages.row(index, signals.timeline.count) for index in range(len(signals.messages.keys)))


def weigh_traffic(signals: Signals, service: str, hits: Numbers, *, grave: bool) -> Numbers:
    """Return the trials behind each bucket's hits: records of the service that are no errors, and the hits themselves.

    Where a service writes hardly anything but errors, the traffic of all services stands in; where all do, time does.
    """
    healthy = signals.volume[service] - signals.errors[service]
    if (healthy > 0).mean() < 0.5 * (signals.volume[service] > 0).mean():
        healthy = np.sum([signals.volume[name] - signals.errors[name] for name in signals.volume], axis=0)
    if healthy.sum() < hits.sum() and (healthy > 0).mean() < 0.5:
        healthy = np.full(len(hits), 10.0 * max(float(hits.sum()), 1.0) / len(hits))
    return healthy + hits if grave else np.maximum(healthy, hits)


def _matters(found: Stretch, hits: Numbers, *, grave: bool) -> bool:
    if found.hits < (EVENTS_FEWEST if grave else QUIET_EVENTS_FEWEST):
        return False
    least = ERROR_COUNT_RISE if grave else QUIET_COUNT_RISE
    if found.after < least * found.before:
        return False
    if grave:
        return True
    late = found.start > (1 - TAIL_SHARE) * len(hits)
    return not late and _per_bucket(hits, found) >= least * float(hits[: found.start].mean())


def _find_vanished(signals: Signals, service: str, template: str, hits: Numbers, trials: Numbers) -> Iterator[Finding]:
    """Yield the absence of a message that used to come all the time: the rest of the traffic takes its place."""
    for found in find_stretches(trials - hits, trials, signals.series):
        before, after = 1 - found.before, 1 - found.after
        usual = float((hits[: found.start] > 0).mean()) if found.start else 0.0
        late = found.start > (1 - TAIL_SHARE) * len(hits)
        if late or before < QUIET_COUNT_RISE * after or usual < 0.5 or found.shape is not Shape.SUDDEN:
            continue
        if float(hits[: found.start].mean()) >= QUIET_COUNT_RISE * _per_bucket(hits, found):
            yield _report(signals, service, template, found, rises=False)


def _per_bucket(hits: Numbers, found: Stretch) -> float:
    return float(hits[found.start : found.end].mean())


def _report(signals: Signals, service: str, template: str, found: Stretch, *, rises: bool) -> Finding:
    return Finding(
        Metric.TEMPLATE_COUNT,
        service,
        template,
        found.shape,
        found.start,
        found.end,
        found.chance,
        rises=rises,
        period_s=found.period and found.period * signals.timeline.width_s,
    )
