"""A candidate with what the gates need to know of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotfix.repair.contract import Candidate, Edit, Repository, SourceFrame
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.source import Source

_SETTINGS = frozenset({FileKind.CONFIG, FileKind.DEPENDENCY})


@dataclass(frozen=True)
class Case:
    """A candidate with what the gates need to know."""

    repository: Repository
    candidate: Candidate
    frames: tuple[SourceFrame, ...]
    sources: Mapping[str, Source]  # at the head

    @property
    def is_revert(self) -> bool:
        """Tell whether the patch takes a commit back."""
        return self.candidate.rung == "revert"

    @property
    def has_settings(self) -> bool:
        """Tell whether settings or dependencies are changed: no stack trace names those."""
        return any(tell_kind(edit.path) in _SETTINGS for edit in self.candidate.edits)

    def pairs(self) -> Iterator[tuple[Edit, Source, Source]]:
        """Yield edits with the file before and after; a missing file is empty."""
        for edit in self.candidate.edits:
            yield edit, Source(edit.path, edit.before or b""), Source(edit.path, edit.after or b"")

    def code(self) -> Iterator[tuple[Edit, Source, Source]]:
        """Yield the same for files whose syntax is read."""
        return (pair for pair in self.pairs() if pair[1].language is not None)
