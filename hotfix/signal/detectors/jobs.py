"""Detects trouble in the runs of a job: errors that begin the same while behind each start of it, and stay within.

Bursts of a few errors each are noise to any test of one series. That each burst keeps the same distance from the start
of another service's job is not: the chance of it falls with every run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Metric, Shape
from hotfix.core.settings import (
    BEFORE_SLACK_S,
    CRASH_SHARE,
    FALSE_ALARM_RATE,
    JOB_LAG_PRECISION_S,
    PERIOD_SPREAD,
    PERIODS_INTERMITTENT,
    WINDOW_COVER_MOST,
    WINDOW_INSIDE,
    WINDOW_RUNS_MOST,
    WINDOW_TAIL_S,
    WINDOW_TAIL_SHARE,
)
from hotfix.signal.detectors.contract import Finding, Signals

Moments = NDArray[np.int64]
"""Times in µs, sorted."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one job, in order; an unfinished last one lasts to the end of the data."""

    service: str
    starts: Moments
    ends: Moments

    @property
    def reach(self) -> Moments:
        """Until when the harm of each run may show, µs: queues drain."""
        tails = np.maximum((self.ends - self.starts) * WINDOW_TAIL_SHARE, WINDOW_TAIL_S * 1e6)
        ends: Moments = (self.ends + tails).astype(np.int64)
        return ends


def detect_jobs(signals: Signals) -> Iterator[Finding]:
    """Yield the error messages of each service that come in the runs of another one's job, and its errors then."""
    jobs = list(_list_jobs(signals)) if signals.edges else []
    grave = [key for key in signals.messages.keys if jobs and signals.is_grave(key[1])]
    told: dict[str, Finding] = {}
    for service, template in grave:
        errors = _list_moments(signals, service, template)
        chances = [(_match(runs, errors), runs) for runs in jobs if runs.service != service]
        chance, runs = min(chances, key=lambda one: one[0], default=(1.0, None))
        chance *= len(jobs)
        if runs is not None and chance * signals.series <= FALSE_ALARM_RATE:
            finding = _report(signals, (service, template), errors, runs, chance)
            told.setdefault(service, replace(finding, metric=Metric.ERROR_RATIO, template_id=None))
            yield finding
    yield from told.values()


def _list_jobs(signals: Signals) -> Iterator[Runs]:
    """Yield the jobs that messages of one service start and finish several times, and that rest between."""
    rows = (
        signals.counts.messages.with_columns(pl.col("service", "template_id").cast(pl.String))
        .filter(pl.col("template_id").is_in(sorted(signals.edges)))
        .group_by("service", "template_id")
        .agg(first=pl.col("first").sort(), n=pl.col("n").sum())
        .filter(pl.col("n").is_between(PERIODS_INTERMITTENT - 1, WINDOW_RUNS_MOST))
        .sort("service", "template_id")
        .rows()
    )
    for service, starting, starts, _ in rows:
        for other, finishing, finishes, _ in rows:
            begin, end = signals.edges[starting], signals.edges[finishing]
            same = service == other and starting != finishing and begin.starts and end.finishes
            if same and not begin.finishes and begin.names & end.names and len(starts) >= PERIODS_INTERMITTENT:
                runs = _pair(service, np.array(starts), np.array(finishes), signals.timeline.last)
                if runs is not None:
                    yield runs


def _pair(service: str, starts: Moments, finishes: Moments, last: int) -> Runs | None:
    """Return the runs when each start is followed by one finish before the next, and it rests more than it runs."""
    places = np.searchsorted(finishes, starts)
    if len(finishes) not in {len(starts), len(starts) - 1} or (places != np.arange(len(starts))).any():
        return None
    ends = np.append(finishes, last)[: len(starts)]
    busy = float((ends - starts).sum()) / max(last - int(starts[0]), 1)
    return Runs(service, starts, ends) if busy <= WINDOW_COVER_MOST else None


def _list_moments(signals: Signals, service: str, template: str) -> Moments:
    own = (pl.col("service") == service) & (pl.col("template_id") == template)
    rows = signals.counts.messages.filter(own).sort("first")
    moments: Moments = rows["first"].to_numpy()
    return moments


def _match(runs: Runs, errors: Moments) -> float:
    """Return the chance that errors keep to the runs by accident; 1 where they come at other times as well.

    The first error of each run lies some while behind its start. When nothing links the two this while is anything up
    to the interval of the runs, and the range of n such whiles is at most w of it with chance n·wⁿ⁻¹ − (n−1)·wⁿ.

    Source: distribution of the range of a uniform sample (David and Nagaraja, Order Statistics, 2003, section 2.3).
    """
    run = np.searchsorted(runs.starts, errors + int(BEFORE_SLACK_S * 1e6), side="right") - 1
    inside = (run >= 0) & (errors <= runs.reach[run])
    if inside.mean() < WINDOW_INSIDE:
        return 1.0
    hit, first = np.unique(run[inside], return_index=True)
    met = len(runs.starts) - int(hit[0])
    if len(hit) < max(PERIODS_INTERMITTENT, CRASH_SHARE * met):
        return 1.0
    lags = errors[inside][first] - runs.starts[hit]
    shortest = float(np.diff(runs.starts).min())
    share = (float(lags.max() - lags.min()) + JOB_LAG_PRECISION_S * 1e6) / shortest
    tries = len(hit)
    return float(min(tries * share ** (tries - 1) - (tries - 1) * share**tries, 1.0)) if share < 1 else 1.0


def _report(signals: Signals, key: tuple[str, str], errors: Moments, runs: Runs, chance: float) -> Finding:
    """Return the message as trouble that returns with the job."""
    timeline, gaps = signals.timeline, np.diff(runs.starts) / 1e6
    shape = Shape.PERIODIC if gaps.std() <= PERIOD_SPREAD * gaps.mean() else Shape.INTERMITTENT
    over = (timeline.last - int(errors[-1])) / 1e6 >= 2 * gaps.max()
    first, last = (int((int(time) - timeline.start) // timeline.width) for time in (errors[0], errors[-1]))
    return Finding(
        metric=Metric.TEMPLATE_COUNT,
        service=key[0],
        template_id=key[1],
        shape=shape,
        start=first,
        end=last + 1 if over else None,
        chance=chance,
        rises=True,
        at=int(errors[0]),
        period_s=float(gaps.mean()) if shape is Shape.PERIODIC else None,
    )
