"""The numbers that documents may tell, by what they mean: times, shares, counts, lines; of the folder and the product.

A constant of the product counts only where a module that writes documents imports it, in the unit that its name says.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hotfix.core import settings
from hotfix.learn import actionrules, review
from hotfix.rollout import policy

_HOTFIX = Path(settings.__file__).parents[1]
_WRITERS = ("report", "learn", "rollout/plan", "rollout/policy.py", "rollout/judge")
_SECONDS = re.compile(
    r"(?:^|_)(?:s|seconds)$|^(?:timings|find|read|templates|changes|deploys|diagnosis)$", re.IGNORECASE
)
_MILLISECONDS = re.compile(r"_ms$", re.IGNORECASE)
_MINUTES = re.compile(r"(?<!per)(?:^|_)(?:min|minutes)(?:$|_)", re.IGNORECASE)
_DAYS = re.compile(r"(?:^|_)days(?:$|_)", re.IGNORECASE)
_LINE = re.compile(r"^(?:line|end_line|offset|bytes)$")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What may be told as a time in seconds, as a share, as anything else, and as a line of a file."""

    seconds: frozenset[float]
    plain: frozenset[float]  # shares from 0 to 1 among them
    lines: frozenset[float]


def collect_numbers(values: Iterable[object]) -> Numbers:
    """Return the numbers of a folder's JSON, with those that may be counted in it, and the constants of the product."""
    keyed = [pair for value in values for pair in (*_list_keyed(value, ""), *_count(value))] + _read_constants()
    seconds = {number * unit for key, number in keyed if (unit := _find_unit(key)) is not None}
    plain = {number for key, number in keyed if _find_unit(key) is None and not _LINE.match(key)}
    return Numbers(frozenset(seconds), frozenset(plain), frozenset(number for key, number in keyed if _LINE.match(key)))


def _find_unit(key: str) -> float | None:
    """Return how many seconds a number of this name counts; None where it is no time."""
    units = ((_MILLISECONDS, 0.001), (_SECONDS, 1.0), (_MINUTES, 60.0), (_DAYS, 86400.0))
    return next((unit for pattern, unit in units if pattern.search(key)), None)


def _list_keyed(value: object, key: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield key, float(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _list_keyed(inner, "timings" if key == "timings" else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _list_keyed(inner, key)


def _count(value: object) -> Iterator[tuple[str, float]]:
    """Yield how many there are of each list, and what a number adds up to over its rows."""
    if isinstance(value, list):
        yield "", float(len(value))
        rows = [one for one in value if isinstance(one, dict)]
        sums = {
            key: sum(number for row in rows for _, number in _list_keyed(row.get(key), key))
            for row in rows
            for key in row
        }
        yield from ((key, number) for key, number in sums.items() if number and _find_unit(key) is None)
        yield "", sum(number for key, number in sums.items() if not _LINE.match(key))
    if isinstance(value, dict):
        timings = value.get("timings")
        if isinstance(timings, dict):
            yield "seconds", sum(number for _, number in _list_keyed(timings, "timings"))
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _count(inner)


@cache
def _read_constants() -> list[tuple[str, float]]:
    """Return the thresholds and targets that the modules which write documents import or name."""
    names = {name for writer in _WRITERS for path in _list_modules(_HOTFIX / writer) for name in _list_imported(path)}
    named = [(name, value) for name, value in vars(settings).items() if name in names]
    named += [pair for module in (actionrules, review, policy) for pair in vars(module).items() if pair[0].isupper()]
    return [(name, number) for name, value in named for number in _list_leaves(value)]


def _list_modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _list_imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "hotfix.core.settings":
            yield from (
                one.name for one in node.names if not one.name.endswith(("_MOST", "_KEPT", "_COLUMNS", "_LINES"))
            )


def _list_leaves(value: object) -> Iterator[float]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)
    elif isinstance(value, dict):
        yield from (number for inner in value.values() for number in _list_leaves(inner))
    elif isinstance(value, (list, tuple, frozenset, set)):
        yield from (number for inner in value for number in _list_leaves(inner))
