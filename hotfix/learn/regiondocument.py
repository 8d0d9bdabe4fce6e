"""Writes a document with regions of people anew, so that nothing that anybody wrote is lost.

Comes in: what is there, and what is made now. Goes out: the file, and a sentence for each conflict. Who edited the
facts finds the whole text as it was in a copy.
"""

from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError, MissingError, UsageError
from hotfix.core.files import read_start, write_whole
from hotfix.core.settings import DOCUMENT_BYTES_MOST
from hotfix.learn.reviewregions import Parts, merge_edits, take_apart, take_hash


@dataclass(frozen=True, slots=True)
class Old:
    """A document as it is there."""

    text: str | None  # None where there is none
    parts: Parts


@dataclass(frozen=True, slots=True)
class Written:
    """A document that was written."""

    path: Path
    conflicts: tuple[str, ...]  # between what people wrote and what it is made from now


def read_old(path: Path) -> Old:
    """Return the document at a path, one without regions where there is none.

    Raises:
        InputError: it cannot be read whole, or a mark of it is broken; what cannot be kept is never written over.
    """
    try:
        data = read_start(path, DOCUMENT_BYTES_MOST, "a document")
        text = data.decode("utf-8")
    except MissingError:
        return Old(None, Parts({}, "", None))
    except UnicodeDecodeError as error:
        at = f"{path}, byte {error.start}"
        raise InputError(f"expected text in UTF-8 at {at}, found other bytes; save it as UTF-8 first") from None
    if len(data) > DOCUMENT_BYTES_MOST:
        most = f"{DOCUMENT_BYTES_MOST:,} bytes"
        raise InputError(f"expected a document of at most {most} at {path}, found more; move it away first")
    return Old(text, take_apart(text, str(path)))


def write_kept(path: Path, new: str, old: Old, copies: Path) -> Written:
    """Write the new document with what people wrote in the old one, and tell of the conflicts.

    Args:
        path: of the document.
        new: as it is made from the facts.
        old: what is there.
        copies: folder for the old text, where people edited it outside of their regions.

    Raises:
        UsageError: the folder cannot be written.
    """
    merged = merge_edits(new, old.parts)
    conflicts = list(merged.conflicts)
    try:
        if old.text is not None and old.parts.facts_edited:
            copies.mkdir(parents=True, exist_ok=True)
            copy = copies / f"{path.stem}-edited-{take_hash(old.text)}{path.suffix}"
            write_whole(copy, old.text)
            conflicts.append(f"facts were edited outside of the marked regions: your text is in {copy}")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, merged.text)
    except OSError as error:
        raise UsageError(f"expected a folder that can be written at {path.parent}, found: {error.strerror}") from None
    return Written(path, tuple(conflicts))
