"""Reads agents and skills: Markdown files with front matter come in, checked values go out.

A file that breaks the contract is refused with its path and line. A project's own file stands in place of the packaged
one of its name.
"""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from hotfix.core.errors import InputError, RuleError, UsageError, did_you_mean
from hotfix.core.files import read_utf8
from hotfix.core.frontmatter import Field, read_front
from hotfix.core.overrides import PROJECT, list_overrides
from hotfix.core.resources import find_resource
from hotfix.model.catalogue import Role

AGENT_VARIABLE = "HOTFIX_AGENT"
"""Environment variable that names the agent whose words a model is given."""

_SKILL_KEYS = ("name", "description")
_AGENT_KEYS = (*_SKILL_KEYS, "tools", "skills", "model", "step")
_Part = TypeVar("_Part")


class Tool(StrEnum):
    """What an agent may be allowed to do, as its file says it."""

    READ = "read"
    GREP = "grep"
    GLOB = "glob"
    WRITE = "write"
    EDIT = "edit"
    RUN = "run"


class Step(StrEnum):
    """What an agent does when it is asked."""

    DIAGNOSE = "diagnose"
    PATCH = "patch"
    TEST = "test"
    PLAN = "plan"
    REVIEW = "review"


_USUAL_STEPS = {
    "bug-diagnostician": Step.DIAGNOSE,
    "patch-developer": Step.PATCH,
    "hotfix-tester": Step.TEST,
    "deployment-coordinator": Step.PLAN,
    "incident-analyzer": Step.REVIEW,
}
"""The step of an agent whose file names none."""

_FIVE = ", ".join(_USUAL_STEPS)


@dataclass(frozen=True, slots=True)
class Skill:
    """Know-how that agents are given before they act."""

    name: str
    description: str
    text: str
    path: Path


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: its part of the prompt, what it may do, what it knows, and which model role answers for it."""

    name: str
    description: str
    tools: tuple[Tool, ...]
    skills: tuple[Skill, ...]
    role: Role
    step: Step
    text: str
    path: Path
    lines: Mapping[str, int]  # of its file, on which each key of the front matter stands

    def find(self, key: str) -> str:
        """Return ``path:line`` of a key of its front matter."""
        return f"{self.path}:{self.lines.get(key, 1)}"

    @property
    def constant(self) -> str:
        """The part of its prompts that is the same for every incident."""
        return "\n\n".join((self.text, *(skill.text for skill in self.skills)))


def load_skills() -> Mapping[str, Skill]:
    """Return all skills by name: the project's own, and the packaged ones of other names.

    Raises:
        RuleError: a packaged file breaks the contract; the message names file and line.
        UsageError: a file of the project does.
    """
    return _load_skills(PROJECT.absolute())


def load_agents() -> Mapping[str, Agent]:
    """Return all agents by name: the project's own, and the packaged ones of other names.

    Raises:
        RuleError: a packaged file breaks the contract; the message names file and line.
        UsageError: a file of the project does.
    """
    return _load_agents(PROJECT.absolute())


def choose_agent(step: Step, environment: Mapping[str, str] = os.environ) -> Agent:
    """Return the agent that does a step: the one that ``HOTFIX_AGENT`` names if the step is its own, else the usual.

    Raises:
        RuleError, UsageError: as `load_agents`; or no agent has the name.
    """
    agents, name = load_agents(), environment.get(AGENT_VARIABLE)
    if name and name not in agents:
        raise UsageError(
            f"{AGENT_VARIABLE}: expected one of {', '.join(agents)}, found {name!r}{did_you_mean(name, agents)}"
        )
    if name and agents[name].step is step:
        return agents[name]
    return agents[next(usual for usual, does in _USUAL_STEPS.items() if does is step)]


@cache
def _load_skills(_project: Path) -> Mapping[str, Skill]:
    return MappingProxyType(_read_all("skills", read_skill))


@cache
def _load_agents(_project: Path) -> Mapping[str, Agent]:
    return MappingProxyType(_read_all("agents", lambda path: read_agent(path, load_skills())))


def read_skill(path: Path) -> Skill:
    """Return what one skill file holds.

    Raises:
        RuleError: its front matter breaks the contract.
    """
    front = _read_front(path, _SKILL_KEYS)
    return Skill(front.name(), front.text("description"), front.body, path)


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
        step=_read_step(front),
        text=front.body,
        path=path,
        lines=MappingProxyType({key: field.line for key, field in front.fields.items()}),
    )


def _read_step(front: "_Front") -> Step:
    usual = _USUAL_STEPS.get(front.path.stem)
    if "step" not in front.fields:
        if usual is None:
            known = ", ".join(sorted(Step))
            raise RuleError(f"{front.path}:1: step: expected one of {known}, found none; only {_FIVE} need none")
        return usual
    return Step(front.choice("step", [step.value for step in Step]))


@dataclass(frozen=True, slots=True)
class _Front:
    """What is read of a file, and its fields one by one as the contract wants them."""

    path: Path
    fields: Mapping[str, Field]
    body: str

    def text(self, key: str) -> str:
        field = self.fields.get(key)
        if field is None or len(field.whole) != 1:
            raise RuleError(f"{self.at(key)}: {key}: expected one value, found {len(field.whole) if field else 'none'}")
        return field.whole[0]

    def name(self) -> str:
        name = self.text("name")
        if name != self.path.stem:
            raise RuleError(
                f"{self.at('name')}: name: expected {self.path.stem!r}, as the file is called, found {name!r}"
            )
        return name

    def at(self, key: str) -> str:
        return f"{self.path}:{self.fields[key].line if key in self.fields else 1}"

    def choice(self, key: str, known: Collection[str]) -> str:
        value = self.text(key)
        self._check(key, value, known)
        return value

    def choices(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        values = self.fields[key].names if key in self.fields else ()
        if not values:
            raise RuleError(f"{self.at(key)}: {key}: expected a value, found none")
        for value in values:
            self._check(key, value, known)
        return values

    def _check(self, key: str, value: str, known: Collection[str]) -> None:
        if value not in known:
            near = did_you_mean(value, known)
            raise RuleError(f"{self.at(key)}: {key}: expected one of {', '.join(sorted(known))}, found {value!r}{near}")


def _read_front(path: Path, keys: Collection[str]) -> _Front:
    try:
        front = read_front(read_utf8(path, "a text file"), str(path), keys)
    except InputError as error:
        raise RuleError(str(error)) from None
    if not front.body:
        raise RuleError(f"{path}:{front.line}: expected a text below the front matter, found none")
    return _Front(path, front.fields, front.body)


def _read_all(folder: str, read: Callable[[Path], _Part]) -> dict[str, _Part]:
    packaged = {path.stem: read(path) for path in sorted(find_resource("templates", folder).glob("*.md"))}
    return packaged | {path.stem: _read_own(path, read) for path in list_overrides(folder)}


def _read_own(path: Path, read: Callable[[Path], _Part]) -> _Part:
    """Return what a project's own file holds; a fault of it is the user's to mend."""
    if path.suffix != ".md":
        raise UsageError(f"{path}: expected a file NAME.md, found {path.name!r}")
    try:
        return read(path)
    except RuleError as error:
        raise UsageError(str(error)) from None
