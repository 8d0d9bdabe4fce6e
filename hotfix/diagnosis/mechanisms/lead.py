"""Weighs how long before the onset something happened. A number comes in, a factor goes out."""

import math

from hotfix.core.settings import FORE_SCALE_S, LAG_DECAY


def weigh_lead(lead_s: float) -> float:
    """Return 1 for what happened at the onset, ever less for what came long before; what came after counts as at it."""
    return 1.0 / (1.0 + LAG_DECAY * math.log2(1.0 + max(lead_s, 0.0) / FORE_SCALE_S))
