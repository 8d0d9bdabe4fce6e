"""Loads `rules/chaos/*.toml`: which experiments would find a cause before it finds the users, one file a family.

A family without one stands in `none.toml` with the reason. Nothing is chosen here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.resources import find_resource, read_table

SLOTS = frozenset({"service"})
"""Facts of an incident that a text may name."""

_NONE = "none"
_LAB, _EXPERIMENT = "lab", "experiment"
_TEXTS = ("title", "fault", "hypothesis", "blast", "abort")
_LISTS = ("inject", "observe", "rollback")
_SLOT = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment; its texts are Markdown and may name slots."""

    title: str
    fault: str  # what is injected
    hypothesis: str  # what stays as it is meanwhile
    blast: str  # whom it may reach
    abort: str  # when to stop at once, beside the incident's own figures
    inject: tuple[str, ...]  # steps
    observe: tuple[str, ...]
    rollback: tuple[str, ...]  # steps


@dataclass(frozen=True, slots=True)
class Experiments:
    """What there is for one family."""

    family: str
    experiments: tuple[Experiment, ...]  # empty when there is none
    lab: tuple[str, ...]  # scenarios of the incident lab that inject its fault
    why_none: str | None  # None when there is one


@cache
def load_experiments() -> Mapping[str, Experiments]:
    """Return what there is for each family, by its ident.

    Raises:
        RuleError: a data file breaks the contract; the message names file and key.
    """
    folder = find_resource("rules", "chaos")
    found = {path.stem: read_experiments(path) for path in sorted(folder.glob("*.toml")) if path.stem != _NONE}
    for family, reason in _read_none(folder / f"{_NONE}.toml").items():
        if family in found:
            raise RuleError(f"{folder}/{_NONE}.toml: {family}: expected a family without a file, found {family}.toml")
        found[family] = Experiments(family, (), (), reason)
    return MappingProxyType(found)


def read_experiments(path: Path) -> Experiments:
    """Return what one data file says.

    Raises:
        RuleError: a key is unknown, missing or of another type, or a slot is unknown; the message names file and key.
    """
    table = read_table(path)
    _refuse_unknown(path, table, (_LAB, _EXPERIMENT))
    rows = table.get(_EXPERIMENT)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise RuleError(f"{path}: {_EXPERIMENT}: expected [[{_EXPERIMENT}]] tables, found {rows!r:.60}")
    lab = _read_list(path, table, _LAB) if _LAB in table else ()
    return Experiments(path.stem, tuple(_read_one(path, row) for row in rows), lab, None)


def _read_one(path: Path, row: Mapping[str, object]) -> Experiment:
    _refuse_unknown(path, row, (*_TEXTS, *_LISTS))
    title, fault, hypothesis, blast, abort = (_check_text(path, key, row.get(key)) for key in _TEXTS)
    inject, observe, rollback = (_read_list(path, row, key) for key in _LISTS)
    return Experiment(title, fault, hypothesis, blast, abort, inject, observe, rollback)


def _read_none(path: Path) -> Mapping[str, str]:
    table = read_table(path).get(_NONE)
    if not isinstance(table, dict):
        raise RuleError(f"{path}: expected a table [{_NONE}] of families with reasons, found {table!r:.60}")
    return {family: _check_text(path, family, reason) for family, reason in table.items()}


def _read_list(path: Path, table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not value:
        raise RuleError(f"{path}: {key}: expected a list of texts, found {value!r:.60}")
    return tuple(_check_text(path, key, one) for one in value)


def _check_text(path: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RuleError(f"{path}: {key}: expected a text, found {value!r:.60}")
    for slot in _SLOT.findall(value):
        if slot not in SLOTS:
            raise RuleError(f"{path}: {key}: unknown slot {{{slot}}}{did_you_mean(slot, SLOTS)}")
    return value


def _refuse_unknown(path: Path, table: Mapping[str, object], keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            raise RuleError(f"{path}: unknown key {key!r}{did_you_mean(key, keys)}")
