"""Builds candidates, and the notes of what was not tried."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotfix.repair.contract import Candidate, Edit, Repository
from hotfix.repair.patch import make_diff


@dataclass(frozen=True, slots=True)
class Draft:
    """A change before it is a patch."""

    rung: str
    edits: tuple[Edit, ...]
    rationale: str
    measures: tuple[str, ...]
    mitigation: bool = False
    imports: tuple[str, ...] = ()
    commit: str | None = None
    guess: str = ""


@dataclass(frozen=True, slots=True)
class NotTried:
    """Something that gives no patch, and why: one sentence."""

    reason: str


def build_candidate(repository: Repository, draft: Draft) -> Candidate:
    """Return a draft as a patch against the head."""
    diff, files = make_diff(repository, draft.edits)
    return Candidate(
        rung=draft.rung,
        base=repository.head,
        edits=draft.edits,
        diff=diff,
        files=files,
        rationale=draft.rationale,
        measures=draft.measures,
        mitigation=draft.mitigation,
        imports=draft.imports,
        commit=draft.commit,
        guess=draft.guess,
    )


def drop_same(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates without those that change the same files to the same bytes as an earlier one."""
    found: dict[tuple[Edit, ...], Candidate] = {}
    for candidate in candidates:
        found.setdefault(tuple(sorted(candidate.edits, key=lambda edit: edit.path)), candidate)
    return tuple(found.values())
