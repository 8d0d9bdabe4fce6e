"""From texts of logs to the words that can be compared: no number, id, address or name of a service decides."""

import re
from collections.abc import Collection, Iterable

import polars as pl

from hotfix.learn.knowledge.limits import WORD_LETTERS
from hotfix.signal.masks import mask_messages

_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z_]+(?![A-Za-z0-9_])")
_GIVEN = re.compile(
    r"""(?<![\w/])(?:[a-z]+:/)?/[^\s"',;]+"""  # a route, a file or an address of the web
    r"""|\b(?:[a-z0-9-]+\.)+(?:internal|local|lan|example|test|com|net|org|io)\b"""  # a host
    r"""|(?<!\w)(["'])[a-z_][\w.-]*\1(?!\w)"""  # a table, a column or a key, as error texts quote them
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")


def mask_texts(texts: Iterable[str]) -> list[str]:
    """Return each text with ``<*>`` in place of numbers, ids and addresses, as templates have it."""
    return [str(text) for text in mask_messages(pl.Series("message", list(texts), dtype=pl.String))]


def strip_names(texts: Iterable[str]) -> list[str]:
    """Return masked texts without names that a system gives its routes, files, hosts, tables, columns and keys."""
    return [_GIVEN.sub("<*>", text) for text in texts]


def list_words(texts: Iterable[str], names: Collection[str] = ()) -> tuple[str, ...]:
    """Return the distinct words of masked texts in order, in lower case; without the given names, in either number.

    Words have WORD_LETTERS letters or more; ``NullPointerException`` and ``max_pool_size`` are read as their parts.
    """
    left_out = {form for name in names for part in _split(name) for form in (part, f"{part}s", part.removesuffix("s"))}
    found = (part for text in texts for part in _split(text))
    return tuple(dict.fromkeys(part for part in found if part not in left_out))


def _split(text: str) -> list[str]:
    parts = (part.lower() for word in _WORD.findall(text) for part in _HUMP.split(word))
    return [part for part in parts if len(part) >= WORD_LETTERS]
