"""Thins out what happens again and again: times come in, the positions worth a reader's look go out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from hotfix.core.settings import PERIOD_SPREAD, PERIODS_REGULAR, RESTART_BURST_S


def find_bursts(times: Sequence[datetime]) -> list[int]:
    """Return the position of the first of each burst: what follows within RESTART_BURST_S belongs to the one before."""
    gap = timedelta(seconds=RESTART_BURST_S)
    return [index for index, time in enumerate(times) if index == 0 or time - times[index - 1] > gap]


def choose_occasions(times: Sequence[datetime], most: int) -> list[int]:
    """Return at most ``most`` positions, in order: all when they are few, else those after the longest quiet.

    Args:
        times: in order.
        most: positions to keep, 1 at least.
    """
    if len(times) <= most:
        return list(range(len(times)))
    quiet = [timedelta.max, *(after - before for before, after in pairwise(times))]
    ranked = sorted(range(len(times)), key=lambda index: (-quiet[index].total_seconds(), index))
    return sorted(ranked[:most])


def is_scheduled(times: Sequence[datetime]) -> bool:
    """Tell whether something happens at regular intervals, often enough to be sure."""
    if len(times) <= PERIODS_REGULAR:
        return False
    gaps = np.diff([time.timestamp() for time in times])
    return bool(gaps.std() <= PERIOD_SPREAD * gaps.mean())
