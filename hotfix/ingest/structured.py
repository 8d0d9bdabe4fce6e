"""Chooses a record's fields among the named values of a JSON or logfmt line, and learns how to cut them out again.

Leaves (key, text) come in, a `Reading` goes out. A layout is exact only when its regexes, run on the line itself, find
the very values that were chosen; since all lines of one key differ in digits only, that then holds for all of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

from hotfix.core.facts import Level
from hotfix.ingest.formatfiles import Format
from hotfix.ingest.layouts import Field, Layout, Reading, build_reading

_CLASS = re.compile(
    r"(?:[A-Za-z_$][\w$]*[.:\\]+)*[A-Z]\w*(?:Error|Exception|Fault|Panic|Interrupt|Timeout|Exit)\w*"
)
_STATUS = re.compile(r"[1-5][0-9]{2}")
_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)? ?(?:ns|us|µs|ms|s|m|h)?(?:[0-9.]+(?:ms|s|m))*")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of a line: its own key as written, its text, and whether it was quoted."""

    key: str
    text: str
    quoted: bool


Leaves = Mapping[str, Leaf]
"""Leaves by lower-case dotted path, in order of appearance."""

_Chosen = dict[str, tuple[str, Leaf]]
"""Field → path and leaf."""


class Layouts:
    """Numbers the layouts of structured lines; one per format and set of keys that hold the fields."""

    def __init__(self, first_ident: int, build_regex: Callable[[Leaf], str]) -> None:
        """Number from ``first_ident``; ``build_regex`` returns the one-group regex which finds a leaf's text."""
        self._idents = count(first_ident)
        self._build_regex = build_regex
        self._known: dict[tuple[object, ...], tuple[Layout, Layout]] = {}

    def find(self, line: str, shape: "Shape", chosen: _Chosen) -> Layout:
        """Return the layout of a line: exact when its regexes find what was chosen, its inexact twin otherwise."""
        fields = {field: chosen[field][1] for field in Field if field in chosen}
        unit = shape.durations.get(chosen["duration"][0]) if "duration" in chosen else 1.0
        key = (shape.format, unit, *((field, leaf.key, leaf.quoted) for field, leaf in fields.items()))
        if key not in self._known:
            self._known[key] = self._build(shape, fields, unit)
        exact, twin = self._known[key]
        found = all(_finds_only(exact.extract[field], line, leaf.text) for field, leaf in fields.items())
        return exact if found else twin

    def _build(
        self, shape: "Shape", fields: Mapping[Field, Leaf], unit: float | None
    ) -> tuple[Layout, Layout]:
        extract = {field: self._build_regex(leaf) for field, leaf in fields.items()}
        ident = next(self._idents)
        exact = Layout(2 * ident, shape.format, extract, shape.levels, unit)
        return exact, Layout(2 * ident + 1, shape.format, extract, shape.levels, unit, exact=False)


class Shape:
    """The keys of one JSON or logfmt format, ready for look-up."""

    def __init__(self, found: Format, general: Format | None) -> None:
        """Look up the keys of ``found`` first, then those of ``general``, which it refines, that it leaves free."""
        self.format = found.ident
        self.requires = found.requires
        self.levels: Mapping[str, Level] = {**(general.levels if general else {}), **found.levels}
        self.durations: Mapping[str, float | None] = {
            **(general.durations if general else {}),
            **found.durations,
        }
        self._slots: dict[str, list[tuple[str, int]]] = {}
        own = _list_slots(found)
        taken = {key for key, _ in own}
        rest = [(key, field) for key, field in _list_slots(general) if key not in taken] if general else []
        for rank, (key, field) in enumerate((*own, *rest)):
            self._slots.setdefault(key, []).append((field, rank))

    def choose(self, leaves: Leaves) -> _Chosen:
        """Return the best usable leaf of each field."""
        best: dict[str, tuple[int, str, Leaf]] = {}
        for path, leaf in leaves.items():
            for field, rank in self._slots.get(path, ()):
                if (field not in best or rank < best[field][0]) and self._is_usable(field, leaf.text):
                    best[field] = (rank, path, leaf)
        return {field: (path, leaf) for field, (_, path, leaf) in best.items()}

    def _is_usable(self, field: str, text: str) -> bool:
        if field == "level":
            return text.lower() in self.levels
        if field == "status":
            return _STATUS.fullmatch(text) is not None
        if field == "duration":
            return _DURATION.fullmatch(text) is not None
        if field == "time":
            return any(character.isdigit() for character in text)
        return bool(text)


def _list_slots(found: Format) -> list[tuple[str, str]]:
    """Return (key, field) of a format, best keys first."""
    slots = [(key, field) for field, keys in found.fields.items() for key in keys]
    return slots + [(key, "duration") for key in found.durations]


def read_leaves(line: str, leaves: Leaves, shape: Shape, layouts: Layouts) -> Reading:
    """Return what the leaves of ``line`` say, by the keys of ``shape``."""
    chosen = shape.choose(leaves)
    texts: dict[str, str | None] = {field: leaf.text for field, (_, leaf) in chosen.items()}
    trace, error = texts.get("trace"), texts.get("error")
    if trace is not None and "\n" not in trace:
        error, texts["trace"] = error or trace, None
    message = texts.get("message") or _build_message(leaves, {path for path, _ in chosen.values()})
    texts.setdefault("exception", _find_class(trace or error))
    if error is not None and error not in message:
        message = f"{message}: {error}"
    return build_reading(layouts.find(line, shape, chosen), message, texts)


def _build_message(leaves: Leaves, used: set[str]) -> str:
    """Return the values that no field took, as ``key=value``: the quoted ones, or all where none is quoted."""
    free = [(leaf.key, leaf) for path, leaf in leaves.items() if path not in used]
    return " ".join(f"{key}={leaf.text}" for key, leaf in free if leaf.quoted) or " ".join(
        f"{key}={leaf.text}" for key, leaf in free
    )


def _find_class(text: str | None) -> str | None:
    """Return the class at the start of an error text, or of a Python traceback's last line."""
    if not text:
        return None
    lines = text.strip().splitlines()
    head = lines[-1] if lines[0].startswith("Traceback ") else lines[0]
    found = _CLASS.match(head)
    return found.group() if found else None


def _finds_only(regex: str, line: str, text: str) -> bool:
    """Say whether ``regex`` finds ``text`` in ``line`` and nothing else."""
    return re.findall(regex, line) == [text]
