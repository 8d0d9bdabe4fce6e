"""Reads agents and skills: Markdown files with front matter come in, checked values go out.

Front matter is one ``key: value`` a line between two lines of ``---``; lists are separated by commas. A file that
breaks the contract is refused with its path and line.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.resources import find_resource
from hotfix.model.catalogue import Role

_FENCE = "---"
_SKILL_KEYS = ("name", "description")
_AGENT_KEYS = (*_SKILL_KEYS, "tools", "skills", "model")
_Part = TypeVar("_Part")


class Tool(StrEnum):
    """What an agent may be allowed to do, as its file says it."""

    READ = "read"
    GREP = "grep"
    GLOB = "glob"
    WRITE = "write"
    EDIT = "edit"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Skill:
    """Know-how that agents are given before they act."""

    name: str
    description: str
    text: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: its part of the prompt, what it may do, what it knows, and which model role answers for it."""

    name: str
    description: str
    tools: tuple[Tool, ...]
    skills: tuple[Skill, ...]
    role: Role
    text: str

    @property
    def constant(self) -> str:
        """The part of its prompts that is the same for every incident."""
        return "\n\n".join((self.text, *(skill.text for skill in self.skills)))


@cache
def load_skills() -> Mapping[str, Skill]:
    """Return the packaged skills by name.

    Raises:
        RuleError: a file breaks the contract; the message names file and line.
    """
    return MappingProxyType(_read_all("skills", read_skill))


@cache
def load_agents() -> Mapping[str, Agent]:
    """Return the packaged agents by name.

    Raises:
        RuleError: a file breaks the contract; the message names file and line.
    """
    return MappingProxyType(_read_all("agents", lambda path: read_agent(path, load_skills())))


def read_skill(path: Path) -> Skill:
    """Return what one skill file holds.

    Raises:
        RuleError: its front matter breaks the contract.
    """
    front = _read_front(path, _SKILL_KEYS)
    return Skill(front.name(), front.text("description"), front.body)


def read_agent(path: Path, skills: Mapping[str, Skill]) -> Agent:
    """Return what one agent file holds, with the skills that it names.

    Raises:
        RuleError: its front matter breaks the contract, or names a skill, tool or role that there is not.
    """
    front = _read_front(path, _AGENT_KEYS)
    return Agent(
        name=front.name(),
        description=front.text("description"),
        tools=tuple(Tool(name) for name in front.choices("tools", [tool.value for tool in Tool])),
        skills=tuple(skills[name] for name in front.choices("skills", skills)),
        role=Role(front.choice("model", [role.value for role in Role])),
        text=front.body,
    )


@dataclass(frozen=True, slots=True)
class _Front:
    """The front matter of a file: each key with its line and its value."""

    path: Path
    fields: Mapping[str, tuple[int, str]]
    body: str

    def text(self, key: str) -> str:
        line, value = self.fields.get(key, (1, ""))
        if not value:
            raise RuleError(f"{self.path}:{line}: {key}: expected a value, found none")
        return value

    def name(self) -> str:
        line, name = self.fields.get("name", (1, ""))
        if name != self.path.stem:
            raise RuleError(
                f"{self.path}:{line}: name: expected {self.path.stem!r}, as the file is called, found {name!r}"
            )
        return name

    def choice(self, key: str, known: Collection[str]) -> str:
        value = self.text(key)
        self._check(key, value, known)
        return value

    def choices(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        values = tuple(part.strip() for part in self.text(key).split(","))
        for value in values:
            self._check(key, value, known)
        return values

    def _check(self, key: str, value: str, known: Collection[str]) -> None:
        if value not in known:
            near = did_you_mean(value, known)
            where = f"{self.path}:{self.fields[key][0]}: {key}"
            raise RuleError(f"{where}: expected one of {', '.join(sorted(known))}, found {value!r}{near}")


def _read_front(path: Path, keys: Collection[str]) -> _Front:
    first, *lines = [*path.read_text(encoding="utf-8").splitlines(), ""]
    if first != _FENCE or _FENCE not in lines:
        raise RuleError(f"{path}:1: expected front matter between two lines of {_FENCE}, found {first!r:.40}")
    end = lines.index(_FENCE)
    fields: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines[:end], start=2):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or key not in keys or key in fields:
            near = did_you_mean(key, keys)
            raise RuleError(f"{path}:{number}: expected one line each for {', '.join(keys)}, found {line!r}{near}")
        fields[key] = (number, value)
    body = "\n".join(lines[end + 1 :]).strip()
    if not body:
        raise RuleError(f"{path}:{end + 3}: expected a text below the front matter, found none")
    return _Front(path, fields, body)


def _read_all(folder: str, read: Callable[[Path], _Part]) -> dict[str, _Part]:
    return {path.stem: read(path) for path in sorted(find_resource("templates", folder).glob("*.md"))}
