"""Tells where traffic is by its share: as planned, more, less, or unknown."""

from hotfix.rollout.execute.contract import Place
from hotfix.rollout.traffic.limits import SHARE_AGREES


def locate(share: float | None, planned: float) -> Place:
    """Return where traffic is, from the share that was read back and the one that was set."""
    if share is None:
        return Place.UNKNOWN
    if abs(share - planned) <= SHARE_AGREES:
        return Place.PLANNED
    return Place.LESS if share < planned else Place.MORE
