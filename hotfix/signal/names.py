"""Finds the names that a change in the world and the records of a change share: a table, a column, a key, a host.

Deploys, changes and texts come in, the shared names of each pair go out. A database that drops a column says so in its
own log, and the service that fails on it names the same column: that links the two as well as one service's name. Only
names count that are rare in what the failing service wrote before; a common word links nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import polars as pl

from hotfix.core.errors import RuleError
from hotfix.core.facts import Change, Deploy, Place, Template
from hotfix.core.resources import find_resource, read_table
from hotfix.core.settings import NAME_LETTERS, NAME_SHARE_MOST, NAMES_CHARACTERS, NAMES_SHARED_MOST

SharedNames = Mapping[tuple[str, str], tuple[str, ...]]
"""Names by the ids of deploy and change, sorted."""

_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*(?:[.-][A-Za-z_][A-Za-z0-9_]*)*)(:\d{2,5}\b)?")
_LETTER = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class _Use:
    """How often the templates of a service hold a word."""

    first: datetime
    count: int
    services: frozenset[str]
    words: frozenset[str]


def find_shared_names(
    deploys: Sequence[Deploy],
    changes: Sequence[Change],
    templates: pl.DataFrame,
    open_texts: Callable[[Sequence[Place]], Sequence[str]],
) -> SharedNames:
    """Return the rare names that the words of a deploy and the first record of a change, or its template, both hold.

    Args:
        deploys: changes in the world; the name of the failing service itself links none, it stands everywhere.
        changes: changes of series.
        templates: TEMPLATES.
        open_texts: returns the verbatim text of places in the logs.
    """
    named = {deploy.id: find_names(f"{deploy.summary} {deploy.service or ''}") for deploy in deploys}
    wanted = frozenset[str]().union(*named.values())
    if not wanted or not changes:
        return {}
    said = {change.id: words & wanted for change, words in _read_changes(changes, templates, open_texts)}
    uses = _count_uses(templates, frozenset[str]().union(*said.values()))
    shared: dict[tuple[str, str], tuple[str, ...]] = {}
    for change in changes:
        for deploy in deploys:
            both = (named[deploy.id] & said[change.id]) - find_names(change.service)
            if both:
                before = [use for use in uses if change.service in use.services and use.first < change.at]
                rare = [word for word in sorted(both) if _is_rare(word, before)]
                if rare:
                    shared[deploy.id, change.id] = _drop_parts(rare)[:NAMES_SHARED_MOST]
    return shared


def find_rare_names(
    told: str, said: str, others: frozenset[str], before: Sequence[Template], at: datetime
) -> tuple[str, ...]:
    """Return the names that two texts share, without those that one service often wrote before.

    Args:
        told: words of a change in the world.
        said: a record of the service.
        others: names that link nothing.
        before: messages of the service.
        at: when the record was written.
    """
    both = (find_names(told) & find_names(said)) - others
    dated = [one for one in before if both and one.first is not None and one.first < at]
    uses = [_Use(at, one.count, frozenset(one.services), find_names(one.text) & both) for one in dated]
    return _drop_parts([word for word in sorted(both) if _is_rare(word, uses)])[:NAMES_SHARED_MOST]


def find_names(text: str) -> frozenset[str]:
    """Return the words of a text that may name a thing, in lower case: NAME_LETTERS letters or more and not common.

    A dotted name counts with each of its parts: ``c.city`` names the city. Of a host with its port only the first
    part counts, its domain is that of all. Hyphens count as underscores.
    """
    found = set()
    for name, port in _NAME.findall(text):
        whole = name.lower().replace("-", "_")
        parts = whole.split(".")
        found |= {word for word in (whole, *(parts[:1] if port else parts)) if _is_name(word)}
    return frozenset(found)


def _is_name(word: str) -> bool:
    return len(_LETTER.findall(word)) >= NAME_LETTERS and word not in load_common_words()


@cache
def load_common_words() -> frozenset[str]:
    """Return the words that name no thing: `rules/common.toml`.

    Raises:
        RuleError: a value of the file is no text.
    """
    path = find_resource("rules", "common.toml")
    words: set[str] = set()
    for key, value in read_table(path).items():
        if not isinstance(value, str):
            raise RuleError(f"{path}: {key}: expected words in one text, found {value!r}")
        words.update(value.split())
    return frozenset(words)


def _read_changes(
    changes: Sequence[Change], templates: pl.DataFrame, open_texts: Callable[[Sequence[Place]], Sequence[str]]
) -> Iterable[tuple[Change, frozenset[str]]]:
    """Yield each change with the names in its template and its first record."""
    ids = {change.template_id for change in changes if change.template_id}
    rows = templates.filter(pl.col("template_id").is_in(list(ids))).select("template_id", "text").iter_rows()
    texts = {ident: find_names(text) for ident, text in rows}
    places = sorted({change.first for change in changes if change.first}, key=lambda place: (place.file, place.line))
    records = {place: find_names(_shorten(text)) for place, text in zip(places, open_texts(places), strict=True)}
    for change in changes:
        nothing = frozenset[str]()
        told = records[change.first] if change.first else nothing
        yield change, told | texts.get(change.template_id or "", nothing)


def _shorten(text: str) -> str:
    """Return head and tail of a long record: what it says stands at its head, the exception often at its tail."""
    half = NAMES_CHARACTERS // 2
    return text if len(text) <= NAMES_CHARACTERS else f"{text[:half]} {text[-half:]}"


def _count_uses(templates: pl.DataFrame, words: frozenset[str]) -> list[_Use]:
    """Return for each dated template how often and where it occurs, and which of the words it holds."""
    if not words:
        return []
    rows = templates.filter(pl.col("first").is_not_null()).select("first", "count", "services", "text").iter_rows()
    return [_Use(first, count, frozenset(services), find_names(text) & words) for first, count, services, text in rows]


def _is_rare(word: str, uses: Sequence[_Use]) -> bool:
    total = sum(use.count for use in uses)
    return sum(use.count for use in uses if word in use.words) <= NAME_SHARE_MOST * total


def _drop_parts(names: Sequence[str]) -> tuple[str, ...]:
    """Return names without those that are only a part of another one of them."""
    return tuple(name for name in names if not any(name in other.split(".") for other in names if other != name))
