"""Judges whether a patch is slower, from pairs of times. Values to values: no clock, nothing runs.

The value of a pair is the ratio after / before, so that what the host does to both cancels out. The median is given
with an interval from the order of the ratios alone: whatever their distribution, the true median lies between the k-th
smallest and the k-th largest with probability 1 − 2·P(B < k), B binomial(n, ½) (Conover, Practical Nonparametric
Statistics, chapter 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

from hotfix.repair.limits import INTERVAL_LEVEL, SLOWER_FINE, SLOWER_MOST
from hotfix.repair.verify.contract import Status


@dataclass(frozen=True, slots=True)
class Sample:
    """One pair of runs, seconds."""

    before: float
    after: float
    cpu_before: float
    cpu_after: float


@dataclass(frozen=True, slots=True)
class Slowdown:
    """How many times longer the patched program takes."""

    status: Status
    ratio: float  # median
    low: float  # of its interval
    high: float
    pairs: int
    clock: str  # "elapsed time" or "processor time"

    def describe(self) -> str:
        """Return the measurement in words."""
        change = (self.ratio - 1) * 100
        said = f"{abs(change):.1f} % {'slower' if change > 0 else 'faster'}" if abs(change) >= 0.05 else "as fast"
        return (
            f"{said} in {self.clock}: median ratio {self.ratio:.3f}, interval {self.low:.3f} to {self.high:.3f}, "
            f"{self.pairs} interleaved pairs"
        )


def judge_samples(samples: Sequence[Sample]) -> Slowdown:
    """Return how much slower the patch is: by elapsed time, by processor time where a busy host hides the former.

    Processor time decides only for programs that compute more than they wait.
    """
    elapsed = judge_ratios([one.after / one.before for one in samples], "elapsed time")
    busy = median(one.cpu_before / one.before for one in samples)
    if elapsed.status is not Status.INCONCLUSIVE or busy < 0.5 or any(one.cpu_before <= 0 for one in samples):
        return elapsed
    return judge_ratios([one.cpu_after / one.cpu_before for one in samples], "processor time")


def judge_ratios(ratios: Sequence[float], clock: str) -> Slowdown:
    """Return the median ratio with its interval and what it means; inconclusive when the interval spans both limits."""
    ordered = sorted(ratios)
    middle = median(ordered)
    rank = _find_rank(len(ordered))
    low, high = ordered[rank - 1], ordered[-rank]
    if low <= 1 + SLOWER_FINE and high > 1 + SLOWER_MOST:
        status = Status.INCONCLUSIVE
    elif middle > 1 + SLOWER_MOST:
        status = Status.FAILED
    else:
        status = Status.NOTED if middle > 1 + SLOWER_FINE else Status.PASSED
    return Slowdown(status, middle, low, high, len(ordered), clock)


def _find_rank(count: int) -> int:
    """Return the largest k, from 1 on, for which the interval still holds its level."""
    rank, below = 1, 1 / 2**count
    while rank < (count + 1) // 2:
        below += comb(count, rank) / 2**count
        if 1 - 2 * below < INTERVAL_LEVEL:
            break
        rank += 1
    return rank
