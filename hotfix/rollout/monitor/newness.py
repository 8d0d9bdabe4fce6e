"""Tells the errors of one window apart: those of the incident's bug, those that were known, and what is new."""

from collections.abc import Mapping
from dataclasses import dataclass

from hotfix.rollout.contract import FatalClass, NewError
from hotfix.rollout.monitor.counting import KindCounts
from hotfix.rollout.monitor.incident import IncidentKinds
from hotfix.rollout.monitor.kinds import Kinds, mine_kinds
from hotfix.rollout.monitor.streams import Version

KindsOf = Mapping[Version, KindCounts]


@dataclass(frozen=True, slots=True)
class Known:
    """Kinds of errors that need no telling apart any more."""

    incident: IncidentKinds
    history: Kinds  # what the old version had before
    new: Kinds  # what came up since the rollout began

    def is_old(self, kind: str) -> bool:
        """Tell whether a kind was there before the rollout."""
        return any(kinds.find(kind) for kinds in (self.incident.bug, self.incident.known, self.history))


@dataclass(frozen=True, slots=True)
class Errors:
    """The errors of one window."""

    bug: Mapping[Version, int]
    fatal: tuple[FatalClass, ...]
    others: tuple[NewError, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds that are new."""
        return (*(one.name for one in self.fatal), *(one.name for one in self.others))


def sort_errors(kinds: KindsOf, known: Known) -> Errors:
    """Return the errors of both versions, new ones by the name under which they came up first."""
    fatal = {version: counts.fatal for version, counts in kinds.items()}
    others = {version: counts.others for version, counts in kinds.items()}
    return Errors(
        bug={version: _count_bug(counts, known.incident.bug) for version, counts in kinds.items()},
        fatal=tuple(FatalClass(*one) for one in _list_new(fatal, known)),
        others=tuple(NewError(*one) for one in _list_new(others, known)),
    )


def _count_bug(counts: KindCounts, bug: Kinds) -> int:
    return sum(count for side in (counts.fatal, counts.others) for kind, count in side.items() if bug.find(kind))


def _list_new(kinds: Mapping[Version, Mapping[str, int]], known: Known) -> list[tuple[str, int, int]]:
    """Return the new kinds, each with its times in the new and in the old version."""
    totals: dict[str, int] = {}
    for counts in kinds.values():
        for kind, count in counts.items():
            if not known.is_old(kind):
                totals[kind] = totals.get(kind, 0) + count
    mined = mine_kinds({kind: count for kind, count in totals.items() if known.new.find(kind) is None})
    found: dict[str, list[int]] = {}
    for kind in totals:
        times = found.setdefault(known.new.find(kind) or mined[kind], [0, 0])
        for place, version in enumerate((Version.NEW, Version.OLD)):
            times[place] += kinds[version].get(kind, 0)
    return [(name, canary, baseline) for name, (canary, baseline) in sorted(found.items())]
