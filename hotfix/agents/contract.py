"""The values of a request: what was understood of it, word by word. Nothing is looked up or run here."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a part of a request can be."""

    LOGS = "logs"  # a file, a folder or a pattern
    REPOSITORY = "repository"
    CHANGES = "changes"  # a file that lists deployments and other changes
    PATCH = "patch"
    CONFIG = "configuration"
    INCIDENT = "incident"
    SINCE = "since"
    UNTIL = "until"
    LAST = "last"
    MOMENT = "moment"  # a time that neither begins nor ends anything
    DAY = "day"
    SERVICE = "service"
    VERSION = "version"
    REVISION = "revision"
    RATE = "rate"
    SEVERITY = "severity"
    USERS = "users"
    STRATEGY = "strategy"
    ROLLOUT = "rollout"  # words that ask to carry one out
    SUITE = "suite"
    REPRO = "repro"
    PERF = "perf"


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a request that was understood."""

    kind: Kind
    value: str  # as commands of hotfix take it
    start: int  # its place in the text, characters
    end: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request and what was understood of it."""

    text: str
    marks: tuple[Mark, ...]  # in order of the text
    ignored: tuple[str, ...]  # words that mean nothing to code, in order of the text

    def find(self, *kinds: Kind) -> tuple[str, ...]:
        """Return the values of some kinds, each once."""
        return tuple(dict.fromkeys(mark.value for mark in self.marks if mark.kind in kinds))
