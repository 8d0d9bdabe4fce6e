"""Names kinds of errors and tells which are known: what a record shows comes in, a name that stays the same goes out.

A kind is an exception's class with the function that raised it, or a message's template. Line numbers and values do not
count, so that both versions of a program name their errors alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from hotfix.core.plain import tame
from hotfix.rollout.monitor.limits import KIND_LETTERS_MOST
from hotfix.signal.grouping import group_messages
from hotfix.signal.masks import WILDCARD


def name_kind(exception: str | None, trace: str | None, text: str) -> str:
    """Return the kind of an error.

    Args:
        exception: class of the root exception.
        trace: top own frame, ``file:line in function``.
        text: masked message.
    """
    _place, _, function = (trace or "").rpartition(" in ")
    said = text if exception is None else f"{exception} in {function}" if function else f"{exception}: {text}"
    return tame(said)[:KIND_LETTERS_MOST]


def mine_kinds(kinds: dict[str, int]) -> dict[str, str]:
    """Return for each kind, of which there are so many records, the one that stands for all that differ in words."""
    return dict(zip(kinds, group_messages(list(kinds), list(kinds.values())), strict=True)) if kinds else {}


@dataclass(frozen=True)
class Kinds:
    """Kinds that are known; those with a wildcard stand for all that fit."""

    names: tuple[str, ...] = ()
    _found: dict[str, str | None] = field(default_factory=dict, compare=False)

    def find(self, kind: str) -> str | None:
        """Return the known kind that this is; None for none."""
        if kind in self._exact:
            return kind
        if kind not in self._found:
            self._found[kind] = next((name for name, parts in self._open if _fits(parts, kind)), None)
        return self._found[kind]

    def add(self, more: Iterable[str], most: int) -> "Kinds":
        """Return these and more of them, so many at most."""
        return Kinds(tuple(dict.fromkeys((*self.names, *more)))[:most])

    @cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def _open(self) -> list[tuple[str, list[str]]]:
        """Kinds with a wildcard and a word beside it, cut at the wildcards."""
        cut = [(name, name.split(WILDCARD)) for name in self.names if WILDCARD in name]
        return [(name, parts) for name, parts in cut if any(letter.isalpha() for letter in "".join(parts))]


def _fits(parts: Sequence[str], text: str) -> bool:
    """Tell whether a text consists of the parts, in order, with anything between them; takes linear time."""
    first, *middle, last = parts
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        place = text.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True
