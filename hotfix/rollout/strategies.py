"""The strategies of a rollout."""

from enum import StrEnum


class Strategy(StrEnum):
    """In what steps the requests move to the new version."""

    CANARY = "canary"  # a small share first, beside the old version
    BLUE_GREEN = "blue-green"  # all at once; the old version stands by
    ROLLING = "rolling"  # host by host
