"""Loads `rules/causes/*.toml` and `rules/words.toml`: files come in, checked causes with their signs go out.

A file that breaks the contract is refused with its path, the key and what was expected. Nothing is classified here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.facts import Approach, Grade
from hotfix.core.resources import read_table
from hotfix.core.settings import SIGN_WEIGHTS
from hotfix.diagnosis.signs import Phrase, Sign, read_phrase, read_sign

_Choice = TypeVar("_Choice", bound=StrEnum)

SLOTS = frozenset({"service", "exception", "frame", "setting", "before", "after", "deploy", "started"})
"""Facts of an incident that a step of the whys may name."""

_TEXTS = ("title", "meaning", "matters", "fix")
_NAMED = ("shown_by", "over", "shrunk", "jobs")
_FLAGS = ("lacking",)
_TABLES = ("whys", "signs", "fires", "silent")
_KEYS = frozenset((*_TEXTS, *_TABLES, *_NAMED, *_FLAGS, "role", "confirm", "approach", "complexity", "risk", "minutes"))
_SLOT = re.compile(r"\{(\w*)\}")


class Role(StrEnum):
    """What the wording of a family tells."""

    CAUSE = "cause"  # what is wrong
    SYMPTOM = "symptom"  # only that something failed


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the whys; without a slot in `because` no log proves it."""

    why: str
    because: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A family of causes: what it means, how to confirm it, which way to fix it."""

    ident: str
    title: str
    role: Role
    meaning: str
    matters: str
    fix: str  # immediate mitigation first
    confirm: tuple[str, ...]  # checks that can be made offline
    approach: Approach
    complexity: Grade
    risk: Grade
    minutes: int  # usual time until it is fixed
    whys: tuple[Step, ...]  # toward the systemic cause
    shown_by: tuple[str, ...] = ()  # kinds of change and mechanisms that show it whatever the error's wording
    over: tuple[str, ...] = ()  # families of wordings that it then stands behind
    shrunk: tuple[str, ...] = ()  # how words of a setting begin that brings it when made smaller
    jobs: tuple[str, ...] = ()  # how words of a job begin that brings it to others while it runs
    lacking: bool = False  # of who says so itself, not of who is told so: disk, memory; a refusal is the asker's matter


@dataclass(frozen=True, slots=True)
class CauseFile:
    """One data file: the cause, its signs and the excerpts that prove them."""

    cause: Cause
    signs: tuple[Sign, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]


def read_concepts(path: Path) -> Mapping[str, tuple[Phrase, ...]]:
    """Return the phrases of each concept in a `words.toml`: one key per concept, phrases separated by commas.

    Raises:
        RuleError: a value is not a text, or a phrase is empty or names another concept.
    """
    concepts: dict[str, tuple[Phrase, ...]] = {}
    for name, value in read_table(path).items():
        if not isinstance(value, str):
            raise RuleError(f"{path}: {name}: expected phrases separated by commas, found {value!r}")
        try:
            concepts[name] = tuple(read_phrase(phrase, {}) for phrase in value.split(","))
        except RuleError as error:
            raise RuleError(f"{path}: {name}: {error}") from error
    return concepts


def read_cause_files(folder: Path, concepts: Mapping[str, object]) -> tuple[CauseFile, ...]:
    """Return every cause file of a folder, by ident.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return tuple(read_cause_file(path, concepts) for path in sorted(folder.glob("*.toml")))


def read_cause_file(path: Path, concepts: Mapping[str, object]) -> CauseFile:
    """Return what one data file says.

    Raises:
        RuleError: unknown or missing key, bad sign or slot, no excerpt; the message names file and key.
    """
    table = read_table(path)
    for key in table:
        if key not in _KEYS:
            raise RuleError(f"{path}: unknown key {key!r}{did_you_mean(key, _KEYS)}")
    file = _File(path, table, concepts)
    return CauseFile(file.cause(), file.signs(), file.excerpts("fires"), file.excerpts("silent"))


@dataclass(frozen=True, slots=True)
class _File:
    """A parsed data file, with the errors that name it."""

    path: Path
    table: Mapping[str, object]
    concepts: Mapping[str, object]

    def cause(self) -> Cause:
        title, meaning, matters, fix = (self._text(key, self.table) for key in _TEXTS)
        return Cause(
            ident=self.path.stem,
            title=title,
            role=self._choice("role", Role),
            meaning=meaning,
            matters=matters,
            fix=fix,
            confirm=self._confirm(),
            approach=self._choice("approach", Approach),
            complexity=self._choice("complexity", Grade),
            risk=self._choice("risk", Grade),
            minutes=self._minutes(),
            whys=tuple(self._step(entry) for entry in self._tables("whys", 3)),
            shown_by=self._names("shown_by"),
            over=self._names("over"),
            shrunk=self._names("shrunk"),
            jobs=self._names("jobs"),
            lacking=self._flag("lacking"),
        )

    def signs(self) -> tuple[Sign, ...]:
        table = self.table.get("signs")
        if not isinstance(table, dict):
            raise self._fail("signs", f"a [signs] table with some of {', '.join(SIGN_WEIGHTS)}", table)
        for key in table:
            if key not in SIGN_WEIGHTS:
                raise RuleError(f"{self.path}: unknown key {'signs.' + key!r}{did_you_mean(key, SIGN_WEIGHTS)}")
        lines = ((key, line.strip()) for key in table for line in self._text(key, table).splitlines())
        cause = self.path.stem
        return tuple(self._sign(cause, key, line) for key, line in lines if line and not line.startswith("#:"))

    def excerpts(self, key: str) -> tuple[str, ...]:
        return tuple(self._text("text", entry) for entry in self._tables(key, 1))

    def _sign(self, cause: str, key: str, line: str) -> Sign:
        try:
            return read_sign(cause, SIGN_WEIGHTS[key], line, self.concepts)
        except RuleError as error:
            raise RuleError(f"{self.path}: signs.{key}: {error}") from error

    def _fail(self, key: str, expected: str, found: object) -> RuleError:
        return RuleError(f"{self.path}: {key}: expected {expected}, found {found!r}")

    def _text(self, key: str, table: Mapping[str, object]) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._fail(key, "a text", value)
        return value

    def _choice(self, key: str, kind: type[_Choice]) -> _Choice:
        value = self._text(key, self.table)
        choices = {str(member): member for member in kind}
        if value not in choices:
            raise self._fail(key, f"one of {', '.join(choices)}{did_you_mean(value, choices)}", value)
        return choices[value]

    def _minutes(self) -> int:
        value = self.table.get("minutes")
        if not isinstance(value, int) or value < 0:
            raise self._fail("minutes", "a whole number of minutes", value)
        return value

    def _confirm(self) -> tuple[str, ...]:
        value = self.table.get("confirm")
        if not isinstance(value, list) or not value or not all(isinstance(step, str) and step for step in value):
            raise self._fail("confirm", "a list of steps", value)
        return tuple(value)

    def _flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise self._fail(key, "true or false", value)
        return value

    def _names(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            raise self._fail(key, "a list of names", value)
        return tuple(value)

    def _tables(self, key: str, least: int) -> list[Mapping[str, object]]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value) or len(value) < least:
            raise self._fail(key, f"at least {least} [[{key}]]", value)
        return value

    def _step(self, entry: Mapping[str, object]) -> Step:
        step = Step(self._text("why", entry), self._text("because", entry))
        for slot in (*_SLOT.findall(step.why), *_SLOT.findall(step.because)):
            if slot not in SLOTS:
                raise self._fail("whys", f"slots from {', '.join(sorted(SLOTS))}{did_you_mean(slot, SLOTS)}", slot)
        return step
