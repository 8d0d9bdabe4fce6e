"""Cuts masked messages into tokens and says what a token looks like: text comes in, tokens and kinds go out."""

import re
from collections.abc import Collection
from enum import Enum, auto

from hotfix.core.settings import MESSAGE_CHARACTERS, WORD_CHARACTERS
from hotfix.signal.masks import WILDCARD

Row = tuple[str, ...]
"""The tokens of a message: words, quoted texts, and the separators between them; joined they are the message again."""

METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"])
"""What stands before the path of an HTTP request (RFC 9110, RFC 5789)."""

_REQUEST = rf"(?:{'|'.join(sorted(METHODS))}) "
_QUOTED = (
    rf"""(?<![\w"])"(?!{_REQUEST})[^"\s][^"]{{0,80}}"(?![\w"])|(?<![\w'])'(?!{_REQUEST})[^'\s][^']{{0,80}}'(?![\w'])"""
)
_TOKEN = re.compile(rf"""{_QUOTED}|\.{{3,}}|(?:<\*>|[^\s=:,;()\[\]{{}}"'|<>.]|\.(?!\.\.))+|.""", re.DOTALL)
_LIST = re.compile(r"(?<!\S)((?:\S{1,40} ){0,3}?\S{0,40}?<\*>\S{0,40}(?: \S{1,40})??)(?:,? \1){2,}(?!\S)")
_WORD = re.compile(r"\w")
_NAME = re.compile(r"\w[._/\\@$#+]+\w|^[~.]?[/\\]|^[\"']|<\*>")
_STATE = re.compile(r"[A-Z][A-Z_]+$|[\w.$]*(?:Exception|Error|Fault)$")


class Kind(Enum):
    """What the values of a column look like."""

    WORD = auto()
    NAME = auto()  # with signs inside: a path, a host, a class, quoted text
    ROUTE = auto()  # the path of an HTTP request
    STATE = auto()  # in capitals, or the name of an error
    OPEN = auto()  # values of which the mask already took a part


def cut_message(text: str) -> Row:
    """Return the tokens of a masked message; long words and lists of three values and more become wildcards.

    Beyond MESSAGE_CHARACTERS a message is not looked at: one wildcard stands for the rest.
    """
    seen = _LIST.sub(WILDCARD, text[:MESSAGE_CHARACTERS])
    tokens = [WILDCARD if len(token) > WORD_CHARACTERS else token for token in _TOKEN.findall(seen)]
    return tuple(tokens) if len(text) <= MESSAGE_CHARACTERS else (*tokens[:-1], WILDCARD)


def is_word(token: str) -> bool:
    """Tell words, numbers, quoted texts and wildcards from separators."""
    return token == WILDCARD or _WORD.search(token) is not None


def find_kind(values: Collection[str]) -> Kind:
    """Return what different values of one column have in common."""
    if WILDCARD in values or all(WILDCARD in value and value[0] not in "/~." for value in values):
        return Kind.OPEN
    if all(_STATE.fullmatch(value) for value in values):
        return Kind.STATE
    if all(_NAME.search(value) for value in values):
        return Kind.NAME
    return Kind.WORD
