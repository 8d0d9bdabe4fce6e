"""Moves traffic and does not believe it until it is read back."""

from hotfix.core.errors import UsageError
from hotfix.rollout.traffic.contract import Reading, Traffic, TrafficError
from hotfix.rollout.traffic.limits import SHARE_AGREES


def move_share(traffic: Traffic, share: float) -> Reading:
    """Send a share of the requests to the new version and return what is true afterwards.

    Args:
        traffic: the provider.
        share: 0..1; the nearest one that the provider can set is taken.

    Raises:
        UsageError: the share is outside 0..1.
        TrafficError: it could not be set, or what is read back is another share.
    """
    if not 0 <= share <= 1:
        raise UsageError(f"expected a share from 0 to 1, found {share}")
    wanted = traffic.settle_share(share)
    traffic.set_share(share)
    reading = traffic.read_share()
    if reading.share is None or abs(reading.share - wanted) > SHARE_AGREES:
        found = "no share that can be told" if reading.share is None else say_share(reading.share)
        because = "".join(f"; {note}" for note in reading.notes)
        raise TrafficError(
            f"expected {say_share(wanted)} of the requests at the new version, read back {found} ({reading.state})"
            f"{because}"
        )
    return reading


def say_share(share: float) -> str:
    """Return a share in percent with at most two decimals, for example ``12.5 %``."""
    return f"{round(share * 100, 2):g} %"
