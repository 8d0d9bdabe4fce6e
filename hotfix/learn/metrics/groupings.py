"""By what incidents can be told apart; alone in its file, for the command that offers it."""

from enum import StrEnum


class Grouping(StrEnum):
    """By what incidents are told apart."""

    SEVERITY = "severity"
    SERVICE = "service"  # the first of the affected: the one that failed
    FAMILY = "family"  # of the cause
    MONTH = "month"  # of the onset, in UTC
