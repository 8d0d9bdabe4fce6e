"""How far an incident has come, in one word."""

from enum import StrEnum


class Status(StrEnum):
    """How far an incident has come."""

    OPEN = "open"
    RECOVERED = "recovered"  # it ended by itself inside the logs; nobody has said that the cause is gone
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"
