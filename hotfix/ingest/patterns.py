"""Regexes of formats: placeholders filled in, what Rust cannot run refused, one-group regexes derived.

Strings to strings. A pattern is anchored at the line's start, names all its groups, and runs alike in Python and Rust.
"""

import re
from itertools import accumulate, takewhile

from hotfix.core.errors import did_you_mean

_NAMED = re.compile(r"\(\?P<(\w+)>")
_FOREIGN = re.compile(r"\(\?<?[=!]|\(\?P=|\(\?>|\(\?\(|\\[1-9]|\\Z|[*+?}]\+")
_REST = re.compile(r"\(\?:\.\*\)\)?\$$")

_ZONE = r"(?: ?(?:Z|[+-]\d\d:?\d\d|UTC|GMT|WEST?|BST|E?ES?T|CES?T|MSK|[ECMP][SD]T|JST|KST))?"
_STAMPS = (
    r"\d{4}[-/.]\d\d?[-/.]\d\d?[T _-]\d\d?[:.]\d\d[:.]\d\d",
    r"\d{8}[T ]\d\d:?\d\d:?\d\d",
    r"\d\d?[-/ ][A-Z][a-z]{2}[-/ ]\d{4}[: ]\d\d?:\d\d:\d\d",
    r"(?:[A-Z][a-z]{2},? )?[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: \d{4})?",
    r"[A-Z][a-z]{2} \d\d?, \d{4},? \d\d?:\d\d:\d\d [AP]M",
    r"\d\d?[/.-]\d\d?(?:[/.-]\d{2,4})?,? \d\d?:\d\d:\d\d(?: [AP]M)?",
    r"\d\d?:\d\d:\d\d",
)
STAMP = rf"(?:(?:{'|'.join(_STAMPS)})(?:[.,]\d{{1,9}})?{_ZONE})\b"
"""Any common time that ends where a word ends: the zone in ``14:32:01 Zookeeper`` is none."""

_LEVELS = (
    "INFORMATIONAL INFORMATION CRITICAL EMERGENCY WARNING VERBOSE SEVERE NOTICE FINEST FINER DPANIC TRACE DEBUG ERROR "
    "FATAL PANIC ALERT EMERG CRIT WARN INFO FINE EROR CONFIG ERR DBG INF WRN TRC FTL"
)
_REQUEST = r'(?P<message>[A-Z]+ [^ ?"\\]*)[^"\\]*(?:\\.[^"\\]*)*'
_UPPER = "(?:" + "|".join(_LEVELS.split()) + ")"
_ANY_CASE = f"(?i:{_UPPER})"


def expand_pattern(regex: str) -> str:
    """Return ``regex`` with its placeholders filled in.

    ``{stamp}`` is any common time, ``{LEVEL}`` a level word in capitals (safe before free text), ``{level}`` one in any
    case (where punctuation tells it from the first word of a sentence), ``{request}`` an HTTP request line whose
    method and path without query are the message.
    """
    texts = {"{stamp}": STAMP, "{LEVEL}": _UPPER, "{level}": _ANY_CASE, "{request}": _REQUEST}
    for name, text in texts.items():
        regex = regex.replace(name, text)
    return regex


def find_pattern_fault(regex: str, groups: frozenset[str]) -> str | None:
    """Return why a pattern cannot be used, or None when it can; ``groups`` are the names that it may use."""
    foreign = _FOREIGN.search(_without_classes(regex))
    if foreign:
        return f"{foreign.group()!r} does not run in Rust regex (look-around, back-reference, possessive, \\Z)"
    try:
        compiled = re.compile(regex)
    except re.error as error:
        return f"not a regex: {error}"
    if compiled.groups != len(compiled.groupindex):
        return "every capture group needs a name; write (?:…) for the others"
    for name in compiled.groupindex:
        if name not in groups:
            return f"unknown group {name!r}{did_you_mean(name, groups)}"
    return None if regex.startswith("^") else "a pattern starts with ^"


def derive_extract(regex: str, group: str) -> str:
    """Return ``regex`` with ``group`` as its only capture group; a tail that matches anything is dropped.

    The regex finds the same text as the named group does on every line that the whole pattern matches.
    """
    single = _NAMED.sub(lambda found: "(" if found.group(1) == group else "(?:", regex)
    return _REST.sub("", single) if single.endswith("(?:.*)$") else single


def derive_quick(regex: str, group: str) -> str:
    """Return a regex with ``group`` as its only capture group that looks at less of the line.

    It finds the group by the literal text around it, anywhere in the line, when there is such text; else by what
    stands before it. On some lines it errs: whoever uses it compares it with the whole pattern first.
    """
    tokens = _TOKEN.findall(regex)
    start = tokens.index(f"(?P<{group}>")
    end = _find_close(tokens, start)
    before = _list_literals(tokens[:start][::-1])[::-1]
    after = _list_literals([*tokens[end:], ""][:2])[:1] if tokens[end + 1 : end + 2] not in _QUANTIFIERS else []
    if before and after and "".join(before) != " ":
        inner = "".join(tokens[start + 1 : end - 1])
        return f"{''.join(before)}({_NAMED.sub('(?:', inner)}){after[0]}"
    if after and _count_open(tokens[:start]) == 0:
        return derive_extract("".join([*tokens[:end], *after]), group)
    return derive_extract(regex, group)


_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<\w+>|\(\?[i:]+|\{[\d,]+\}|.")
_LITERAL = re.compile(r"""[^\\\[\](){}^$.|?*+]|\\[^A-Za-z0-9]""")
_QUANTIFIERS = (["?"], ["*"], ["+"])


def _list_literals(tokens: list[str]) -> list[str]:
    """Return the tokens up to the first that is not a literal character."""
    return list(takewhile(_LITERAL.fullmatch, tokens))


def _find_close(tokens: list[str], start: int) -> int:
    """Return the position behind the bracket that closes the group at ``start``."""
    depths = accumulate(_count_open([token]) for token in tokens[start:])
    return start + 1 + next(at for at, depth in enumerate(depths) if depth == 0)


def _count_open(tokens: list[str]) -> int:
    return sum(token.startswith("(") for token in tokens) - tokens.count(")")


def _without_classes(regex: str) -> str:
    """Return ``regex`` with character classes and escaped characters blanked, back-references kept."""
    return re.sub(r"\\[^1-9Z]|\[\^?\]?(?:\\.|[^\]\\])*\]", "_", regex)
