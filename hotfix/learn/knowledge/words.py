"""From texts of logs to the words that can be compared: no number, id, address or name of a service decides."""

import re
from collections.abc import Collection, Iterable

import polars as pl

from hotfix.learn.knowledge.limits import WORD_LETTERS
from hotfix.signal.masks import mask_messages

_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z_]+(?![A-Za-z0-9_])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")


def mask_texts(texts: Iterable[str]) -> list[str]:
    """Return each text with ``<*>`` in place of numbers, ids and addresses, as templates have it."""
    return [str(text) for text in mask_messages(pl.Series("message", list(texts), dtype=pl.String))]


def list_words(texts: Iterable[str], names: Collection[str] = ()) -> tuple[str, ...]:
    """Return the distinct words of masked texts in order, in lower case; without the given names.

    Words have WORD_LETTERS letters or more; ``NullPointerException`` and ``max_pool_size`` are read as their parts.
    """
    left_out = {part for name in names for part in _split(name)}
    found = (part for text in texts for part in _split(text))
    return tuple(dict.fromkeys(part for part in found if part not in left_out))


def _split(text: str) -> list[str]:
    parts = (part.lower() for word in _WORD.findall(text) for part in _HUMP.split(word))
    return [part for part in parts if len(part) >= WORD_LETTERS]
