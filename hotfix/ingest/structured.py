"""Chooses a record's fields among the named values of a JSON or logfmt line, and learns how to cut them out again.

Leaves (key, text) come in, a `Reading` goes out. A layout is exact only when its regexes, run on the line itself, find
the very values that were chosen; since all lines of one key differ in digits only, that then holds for all of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

from hotfix.core.facts import Level
from hotfix.ingest.between import Between, learn_between
from hotfix.ingest.formatfiles import Format
from hotfix.ingest.layouts import Field, Layout, Reading, build_reading

_CLASS = re.compile(r"(?:[A-Za-z_$][\w$]*[.:\\]+)*[A-Z]\w*(?:Error|Exception|Fault|Panic|Interrupt|Timeout|Exit)\w*")
_WORST = 1_000_000
_QUICK_KEPT = 8
"""Ways to write the same fields that are told apart; a program has one, and a second where a field ends the line."""
_CUT = tuple(field.value for field in Field)
_DIGIT = re.compile(r"[0-9]")
_STATUS = re.compile(r"[1-5][0-9]{2}$")
_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)? ?(?:ns|us|µs|ms|s|m|h)?(?:[0-9.]+(?:ms|s|m))*$")
_TRACE = re.compile(
    r"Traceback \(most recent call last\)|\n\s+at \S|\n\s+File \"|\ngoroutine [0-9]*|\n\s+\S+\.go:|panicked at |"
    r"stack backtrace:|\n#[0-9]* |\.(?:rb|rake|erb):[0-9]*:in |\n(?:Caused by|---> )"
)
"""What only stack traces of several lines hold; told by more than digits, as all lines of one key must agree."""
_FITS = {"status": _STATUS.match, "duration": _DURATION.match, "time": _DIGIT.search}
"""What a text must look like to be taken for a field; the others take any."""


class Leaf(NamedTuple):
    """One value of a line: its own key as written, its text, and whether it was quoted."""

    key: str
    text: str
    quoted: bool


Leaves = Mapping[str, Leaf]
"""Leaves by lower-case dotted path, in order of appearance."""

Chosen = Mapping[str, tuple[str, Leaf]]
"""Field → path and leaf."""


@dataclass(frozen=True, slots=True)
class _Twins:
    """The layouts of one set of keys."""

    exact: Layout
    inexact: Layout
    finders: tuple[tuple[Field, re.Pattern[str]], ...]  # the regex that must find a field's text
    quick: dict[tuple[Between | None, ...], Layout]  # the exact one, by the texts that stand around the fields


class Layouts:
    """Numbers the layouts of structured lines; one per format and set of keys that hold the fields."""

    def __init__(self, first_ident: int, build_regexes: Callable[[str, Leaf], list[str]]) -> None:
        """Number from ``first_ident``; ``build_regexes`` returns one-group regexes that may find a leaf's text.

        It takes the leaf's path and the leaf; the regex that costs least comes first.
        """
        self._idents = count(first_ident)
        self._build_regexes = build_regexes
        self._known: dict[tuple[object, ...], _Twins] = {}

    def find(self, line: str, shape: "Shape", chosen: Chosen) -> Layout:
        """Return the layout of a line: exact when its regexes find what was chosen, its inexact twin otherwise."""
        key = (shape.format, *((name, *chosen[name][1][::2], chosen[name][0]) for name in _CUT if name in chosen))
        twins = self._known.get(key)
        if twins is None:
            twins = self._known[key] = self._build(line, shape, chosen)
        if not all(_finds(regex, line, *chosen[name]) for name, regex in twins.finders):
            return twins.inexact
        texts = tuple(learn_between(line, regex) for _, regex in twins.finders)
        if texts not in twins.quick and len(twins.quick) < _QUICK_KEPT:
            between = {name: text for (name, _), text in zip(twins.finders, texts, strict=True) if text}
            twins.quick[texts] = replace(twins.exact, ident=2 * next(self._idents), between=between)
        return twins.quick.get(texts, twins.exact)

    def _build(self, line: str, shape: "Shape", chosen: Chosen) -> _Twins:
        extract = {Field(name): self._choose_regex(line, *chosen[name]) for name in _CUT if name in chosen}
        unit = shape.durations.get(chosen["duration"][0]) if "duration" in chosen else 1.0
        ident = 2 * next(self._idents)
        exact = Layout(ident, shape.format, extract, shape.levels, unit)
        finders = tuple((field, re.compile(regex)) for field, regex in extract.items())
        return _Twins(exact, replace(exact, ident=ident + 1, exact=False), finders, {})

    def _choose_regex(self, line: str, path: str, leaf: Leaf) -> str:
        regexes = self._build_regexes(path, leaf)
        return next((regex for regex in regexes if _finds(re.compile(regex), line, path, leaf)), regexes[0])


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

    def choose(self, leaves: Leaves) -> Chosen:
        """Return the best usable leaf of each field."""
        best: dict[str, tuple[str, Leaf]] = {}
        ranks: dict[str, int] = {}
        for path, leaf in leaves.items():
            for field, rank in self._slots.get(path, ()):
                if rank < ranks.get(field, _WORST) and self._is_usable(field, leaf.text):
                    best[field], ranks[field] = (path, leaf), rank
        return best

    def _is_usable(self, field: str, text: str) -> bool:
        if field == "level":
            return text.lower() in self.levels
        fits = _FITS.get(field)
        return bool(text) if fits is None else fits(text) is not None


def _list_slots(found: Format) -> list[tuple[str, str]]:
    """Return (key, field) of a format, best keys first."""
    slots = [(key, field) for field, keys in found.fields.items() for key in keys]
    return slots + [(key, "duration") for key in found.durations]


def read_leaves(leaves: Leaves, chosen: Chosen, layout: Layout) -> Reading:
    """Return what the leaves of a line say, given which of them hold its fields."""
    texts: dict[str, str | None] = {field: leaf.text for field, (_, leaf) in chosen.items()}
    used = {path for path, _ in chosen.values()}
    trace, error = texts.get("trace"), texts.get("error")
    if trace is not None and "\n" not in trace:
        error, trace = error or trace, None
    if trace is None:
        trace = next((leaf.text for leaf in leaves.values() if "\n" in leaf.text and _TRACE.search(leaf.text)), None)
        used |= {path for path, leaf in leaves.items() if leaf.text is trace}
        error = _pick_head(trace) if trace is not None and trace == error else error
    texts["trace"] = trace
    message = texts.get("message") or _build_message(leaves, used)
    texts.setdefault("exception", _find_class(trace or error))
    if error is not None and error not in message:
        message = f"{message}: {error}"
    return build_reading(layout, message, texts)


def _build_message(leaves: Leaves, used: set[str]) -> str:
    """Return the values that no field took, as ``key=value``: the quoted ones, or all where none is quoted."""
    free = [(leaf.key, leaf) for path, leaf in leaves.items() if path not in used]
    return " ".join(f"{key}={leaf.text}" for key, leaf in free if leaf.quoted) or " ".join(
        f"{key}={leaf.text}" for key, leaf in free
    )


def _find_class(text: str | None) -> str | None:
    """Return the class at the start of an error text, or of a Python traceback's last line."""
    found = _CLASS.match(_pick_head(text)) if text else None
    return found.group() if found else None


def _pick_head(text: str) -> str:
    """Return the line that says what was thrown: the first, or a Python traceback's last."""
    lines = text.strip().splitlines() or [""]
    return lines[-1] if lines[0].startswith("Traceback ") else lines[0]


def _finds(regex: re.Pattern[str], line: str, path: str, leaf: Leaf) -> bool:
    """Say whether the first match of ``regex`` in ``line`` is the leaf, and surely no other value with the same text.

    It is when nothing else matches, or when the leaf stands in the outermost object and no other was opened before.
    """
    texts = regex.findall(line)
    if not texts or texts[0] != leaf.text:
        return False
    if len(texts) == 1:
        return True
    found = regex.search(line)
    return found is not None and path == leaf.key.lower() and line.count("{", 0, found.start()) == 1
