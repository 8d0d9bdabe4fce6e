"""Joins templates that differ only in how many words a value has: the vote's templates come in, final texts go out.

A value may be a list, or empty, or two words where others are one. Voting cannot see it, because it compares messages
that have as many words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotfix.signal.masks import WILDCARD
from hotfix.signal.tokens import Row, is_word

_RUN = re.compile(r"(?<!\S)((?:\S{1,40} ){0,3}?\S{0,40}?<\*>\S{0,40}(?: \S{1,40})??)(?:,? \1)+(?!\S)")
"""A value that stands more than once in a row, with the words that belong to it; bounded, so that its cost is."""

_SLOT = re.compile(r"((?<= \()(?:<\*>)?(?=\))|(?<==)(?:<\*>)?(?= |$))")
_GAPS = (3, 5)
"""Tokens of a value of two and of three words, blanks between them included."""


@dataclass(frozen=True, slots=True)
class Template:
    """What the vote found."""

    tokens: Row
    rows: tuple[Row, ...]  # the tokens of its messages
    voted: tuple[int, ...]  # positions of the tokens that became wildcards by vote


def join_templates(templates: Sequence[Template]) -> list[tuple[Template, str]]:
    """Return each template with its final text; those that belong together share it."""
    hosts = _find_hosts(templates)
    texts = ["".join(hosts.get(template.tokens, template.tokens)) for template in templates]
    final = {text: text for text in texts}
    for join in (_join_runs, _join_empty):
        joined = join(sorted(set(final.values())))
        final = {text: joined[known] for text, known in final.items()}
    return [(template, final[text]) for template, text in zip(templates, texts, strict=True)]


def _join_runs(texts: Iterable[str]) -> dict[str, str]:
    """Join templates in which the same value stands once, twice or more often in a row."""
    alike: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        alike[_RUN.sub(r"\1", text)].append(text)
    return {text: _widen(key, members) for key, members in alike.items() for text in members}


def _widen(key: str, members: Sequence[str]) -> str:
    if len(members) == 1:
        return members[0]
    for unit in sorted({match[1] for text in members for match in _RUN.finditer(text)}, key=len, reverse=True):
        key = re.sub(rf"(?<!\S){re.escape(unit)}(?!\S)", WILDCARD, key)
    return key


def _join_empty(texts: Iterable[str]) -> dict[str, str]:
    """Join templates of which one has a value where the other has none: ``(<*>)`` and ``()``, ``k=<*>`` and ``k=``."""
    alike: dict[Row, list[list[str]]] = defaultdict(list)
    for text in texts:
        parts = _SLOT.split(text)
        alike[tuple(parts[::2])].append(parts)
    return {
        "".join(parts): "".join(map(max, zip(*members, strict=True))) for members in alike.values() for parts in members
    }


def _find_hosts(templates: Sequence[Template]) -> dict[Row, Row]:
    """Return the tokens of the template that takes in each one that has two or three words in place of a voted value.

    The words of such a value must not be a fixed part of any template that speaks for several messages.
    """
    around = {(host.tokens[:at], host.tokens[at + 1 :]): host.tokens for host in templates for at in host.voted}
    first = {host.tokens[0] for host in templates if host.voted}
    fixed = {token.lower() for host in templates if host.voted for token in host.tokens}
    hosts: dict[Row, Row] = {}
    for template in templates:
        if template.tokens[:1] and (template.tokens[0] in first or WILDCARD in first):
            host = _find_host(template.tokens, around, fixed)
            if host is not None:
                hosts[template.tokens] = host
    return hosts


def _find_host(tokens: Row, around: dict[tuple[Row, Row], Row], fixed: set[str]) -> Row | None:
    for at, token in enumerate(tokens):
        if token == WILDCARD or token.lower() in fixed or not is_word(token):
            continue
        for gap in _GAPS:
            value = tokens[at : at + gap]
            if len(value) < gap or not set(value[1::2]) <= {" "} or any(word.lower() in fixed for word in value[::2]):
                break
            host = around.get((tokens[:at], tokens[at + gap :]))
            if host is not None:
                return host
    return None
