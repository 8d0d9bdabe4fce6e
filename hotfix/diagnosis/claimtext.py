"""Takes a text of claims apart: sentences, and of each its segments, every one ending in the ids that it cites.

Comes in: what a model wrote. Goes out: plain text, quotes and ids apart. Knows no facts, and judges only the form.
"""

import re
from dataclasses import dataclass

from hotfix.core.settings import CLAIM_CHARACTERS

_TYPOGRAPHY = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u202f": " ",
     "\u2011": "-", "\u2013": "-", "\u2014": "-", "\u2026": "..."}
)  # fmt: skip
"""Signs that writers and models use for plain ones."""

_PIECE = re.compile(
    r'"(?P<double>[^"]*)"|`(?P<tick>[^`]*)`|(?<![\w\'])\'(?P<single>[^\']*)\'(?!\w)|\[(?P<cited>[^\[\]]*)\]'
)
_CITED = re.compile(r"[EDCI][1-9][0-9]*(?:, ?[EDCI][1-9][0-9]*)*")
_WRITTEN = re.compile(r"[A-Za-z0-9 .,;:'()\-/%_@=+$&]*")
_END = re.compile(r"[.!?](?=\s+[^\s\[])|[\r\n]+")
_FILLER = re.compile(r"[\s,;]*(?:and)?[\s,;]*")
_REST = re.compile(r"[\s.,;:]*")


class FormError(ValueError):
    """A sentence that cannot be read as a claim; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sentence and what it cites."""

    text: str  # a quote is one space in it
    quotes: tuple[str, ...]
    cited: tuple[str, ...]


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text; neither a quote nor an abbreviation before a citation is cut through."""
    plain = text.translate(_TYPOGRAPHY)
    hidden = _PIECE.sub(lambda found: "\x00" * len(found[0]), plain)
    cuts = [found.end() for found in _END.finditer(hidden)]
    bounds = zip([0, *cuts], [*cuts, len(plain)], strict=True)
    return [sentence for begin, end in bounds if (sentence := plain[begin:end].strip())]


def read_segments(sentence: str) -> tuple[Segment, ...]:
    """Return the segments of a sentence.

    Raises:
        FormError: it is too long, holds signs that no claim needs, cites nothing, or goes on behind its last citation.
    """
    if len(sentence) > CLAIM_CHARACTERS:
        raise FormError(f"it has {len(sentence)} characters, more than {CLAIM_CHARACTERS}")
    segments: list[Segment] = []
    text, quotes, position = "", list[str](), 0
    for piece in _PIECE.finditer(sentence):
        text += _check_written(sentence[position : piece.start()])
        position = piece.end()
        if piece["cited"] is None:
            quotes.append(_check_quote(piece["double"] or piece["tick"] or piece["single"] or ""))
            text += " "
            continue
        cited = _read_ids(piece["cited"])
        if segments and not quotes and _FILLER.fullmatch(text):
            segments[-1] = Segment(segments[-1].text, segments[-1].quotes, (*segments[-1].cited, *cited))
        else:
            segments.append(Segment(text, tuple(quotes), cited))
        text, quotes = "", []
    rest = text + _check_written(sentence[position:])
    if not segments:
        raise FormError("it cites nothing")
    if quotes or not _REST.fullmatch(rest):
        raise FormError(f"{rest.strip()!r:.60} stands behind the last citation")
    return tuple(segments)


def _check_written(text: str) -> str:
    if not _WRITTEN.fullmatch(text):
        strange = next(sign for sign in text if not _WRITTEN.fullmatch(sign))
        raise FormError(f"it holds the sign {strange!a} outside of a quote")
    return text


def _check_quote(quote: str) -> str:
    if not quote.isprintable():
        raise FormError("it quotes signs that cannot be seen")
    if sum(sign.isalnum() for sign in quote) < 3:
        raise FormError(f"the quote {quote!r} says too little")
    return quote


def _read_ids(written: str) -> tuple[str, ...]:
    if not _CITED.fullmatch(written):
        raise FormError(f"[{written[:40]}] is no citation".encode("ascii", "backslashreplace").decode())
    return tuple(written.replace(" ", "").split(","))
