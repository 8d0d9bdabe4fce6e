"""Proposes patches in the order of trust: reverts, settings, fixers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.repair.contract import Candidate, Repository
from hotfix.repair.locate import Located
from hotfix.repair.propose.candidates import Draft, NotTried, build_candidate, drop_same
from hotfix.repair.propose.fixing import propose_fixes
from hotfix.repair.propose.reverts import propose_reverts
from hotfix.repair.propose.settings import propose_settings


@dataclass(frozen=True, slots=True)
class Proposed:
    """The candidates, each change once, and what was not tried."""

    candidates: tuple[Candidate, ...]
    skipped: tuple[str, ...]


def propose(repository: Repository, analysis: Analysis, located: Located) -> Proposed:
    """Return every patch that reverts, settings and fixers give.

    Raises:
        InputError: git fails.
    """
    return build_candidates(repository, _list_drafts(repository, analysis, located))


def build_candidates(repository: Repository, drafts: Iterable[Draft | NotTried]) -> Proposed:
    """Return drafts as candidates.

    Raises:
        InputError: git fails.
    """
    candidates, skipped = [], []
    for one in drafts:
        if isinstance(one, NotTried):
            skipped.append(one.reason)
            continue
        try:
            candidates.append(build_candidate(repository, one))
        except InputError as error:
            skipped.append(f"{one.rung}: {error}")
    return Proposed(drop_same(candidates), tuple(dict.fromkeys(skipped)))


def _list_drafts(repository: Repository, analysis: Analysis, located: Located) -> Iterator[Draft | NotTried]:
    yield from propose_reverts(repository, located)
    yield from propose_settings(repository, analysis)
    yield from propose_fixes(repository, analysis, located)
