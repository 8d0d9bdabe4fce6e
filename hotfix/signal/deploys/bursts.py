"""Thins out what happens again and again: times come in, the positions worth a reader's look go out."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from hotfix.core.settings import PERIOD_SPREAD, PERIODS_REGULAR


def find_bursts(times: Sequence[datetime], gap_s: float) -> list[int]:
    """Return the position of the first of each burst: what follows within ``gap_s`` belongs to the one before."""
    gap = timedelta(seconds=gap_s)
    return [index for index, time in enumerate(times) if index == 0 or time - times[index - 1] > gap]


def choose_occasions(times: Sequence[datetime], most: int) -> list[int]:
    """Return at most ``most`` positions, in order: all when they are few, else half of them after the longest quiet.

    The other half lies at even distances, so that no long stretch is left out.

    Args:
        times: in order.
        most: positions to keep, 1 at least.
    """
    if len(times) <= most:
        return list(range(len(times)))
    quiet = [math.inf, *((after - before).total_seconds() for before, after in pairwise(times))]
    ranked = sorted(range(len(times)), key=lambda index: (-quiet[index], index))
    even = [round(place * (len(times) - 1) / max(most // 2 - 1, 1)) for place in range(most // 2)]
    chosen = dict.fromkeys([*ranked[: most - most // 2], *even, *ranked])
    return sorted(list(chosen)[:most])


def is_scheduled(times: Sequence[datetime]) -> bool:
    """Tell whether something happens at regular intervals, often enough to be sure."""
    if len(times) <= PERIODS_REGULAR:
        return False
    gaps = np.diff([time.timestamp() for time in times])
    return bool(gaps.std() <= PERIOD_SPREAD * gaps.mean())
