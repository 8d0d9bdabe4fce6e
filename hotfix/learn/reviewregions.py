"""Keeps what people write into a review: marked regions are theirs, everything else is made anew from the facts.

Comes in: a document as it was written last, perhaps edited, and as it is made now. Goes out: the new one with what
people wrote, and a sentence for each conflict. A region carries a hash of what stood in it when it was made, so that an
edit is seen; the document ends with a hash of all the rest.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hotfix.core.errors import InputError

_BEGIN = re.compile(r"<!-- yours: ([a-z-]+) ([0-9a-f]{12}) -->")
_END = re.compile(r"<!-- end of yours: ([a-z-]+) -->")
_SEAL = re.compile(r"<!-- facts: ([0-9a-f]{12}) -->")


@dataclass(frozen=True, slots=True)
class Region:
    """One region of a document."""

    name: str
    body: str
    mark: str  # hash of what it held when it was made

    @property
    def edited(self) -> bool:
        """Whether a person changed it."""
        return take_hash(self.body) != self.mark


@dataclass(frozen=True, slots=True)
class Parts:
    """A document taken apart."""

    regions: Mapping[str, Region]
    facts: str  # all the rest
    seal: str | None  # hash of the rest when it was made

    @property
    def facts_edited(self) -> bool:
        """Whether a person changed what is not theirs, or wrote all of it."""
        return take_hash(self.facts) != self.seal


@dataclass(frozen=True, slots=True)
class Merged:
    """A document with what people wrote in it."""

    text: str
    conflicts: tuple[str, ...]


def mark_region(name: str, body: str) -> str:
    """Return a region as it is made: between its two marks."""
    return f"<!-- yours: {name} {take_hash(body)} -->\n{body.strip()}\n<!-- end of yours: {name} -->"


def seal_document(text: str) -> str:
    """Return the document with a hash of what is not people's at its end."""
    return f"{text.rstrip()}\n\n<!-- facts: {take_hash(take_apart(text, 'the new document').facts)} -->\n"


def take_apart(text: str, where: str) -> Parts:
    """Return the regions of a document and the rest.

    Raises:
        InputError: a mark has no partner, or a name stands twice; the message names the line.
    """
    regions, facts, seal = dict[str, Region](), list[str](), None
    name, mark, body, begun = "", "", list[str](), 0
    for number, line in enumerate(text.splitlines(), start=1):
        begin, end = _BEGIN.fullmatch(line.strip()), _END.fullmatch(line.strip())
        if begin:
            if name or begin[1] in regions:
                raise InputError(f"expected each region once and closed at {where}:{number}, found {line.strip()!r}")
            name, mark, body, begun = begin[1], begin[2], [], number
            facts.append(name)
        elif end:
            if end[1] != name:
                raise InputError(f"expected the end of region {name or 'none'!r} at {where}:{number}, found {end[1]!r}")
            regions[name] = Region(name, "\n".join(body).strip(), mark)
            name = ""
        elif name:
            body.append(line)
        elif sealed := _SEAL.fullmatch(line.strip()):
            seal = sealed[1]
        else:
            facts.append(line.rstrip())
    if name:
        raise InputError(f"expected '<!-- end of yours: {name} -->' after {where}:{begun}, found none")
    return Parts(regions, "\n".join(facts), seal)


def merge_edits(new: str, old: Parts) -> Merged:
    """Return the new document with what people wrote in the old one.

    Where both the facts of a region and its text changed, the person's text stays and the conflict is told. What was
    written into a region that there is no more comes at the end.
    """
    fresh = take_apart(new, "the new document").regions
    text, conflicts = new, list[str]()
    for name, region in old.regions.items():
        if not region.edited:
            continue
        if name not in fresh:
            conflicts.append(f"there is no region {name!r} any more: what you wrote stands at the end")
            kept = f"## Kept: {name}\n\n{_frame(name, region.body, region.mark)}"
            text = f"{text.rstrip()}\n\n{kept}\n"
            continue
        if region.mark != fresh[name].mark:
            conflicts.append(f"what region {name!r} was made from has changed since you wrote in it: read it again")
        text = text.replace(mark_region(name, fresh[name].body), _frame(name, region.body, fresh[name].mark))
    return Merged(text, tuple(conflicts))


def take_hash(text: str) -> str:
    """Return a short hash of a text without the spaces around it."""
    return hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()[:12]


def _frame(name: str, body: str, mark: str) -> str:
    return f"<!-- yours: {name} {mark} -->\n{body}\n<!-- end of yours: {name} -->"
