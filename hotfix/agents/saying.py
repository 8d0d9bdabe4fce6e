"""Says what was understood of a request, what agents there are, and which files of one are in force."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hotfix.agents.contract import Kind, Mark
from hotfix.agents.preparing import Prepared
from hotfix.core.overrides import find_override
from hotfix.core.resources import find_resource
from hotfix.flow.engines import ASKING
from hotfix.model.agentfiles import Agent, Step

_DOCUMENTS = {
    Step.DIAGNOSE: ("diagnosis-report.md", "report.html"),
    Step.PATCH: ("patch.md",),
    Step.TEST: ("test-report.md",),
    Step.PLAN: ("deployment-plan.md",),
    Step.REVIEW: ("rca.md",),
}
"""The templates of the documents that each step leaves."""

_ZONE = re.compile(r"(?:[A-Z]+|[+-]\d\d:?\d\d)$")
_BOUNDS = frozenset({Kind.SINCE, Kind.UNTIL, Kind.MOMENT})


def say_understood(prepared: Prepared) -> Iterator[str]:
    """Yield lines that say what was understood, what of it the step does not use, and what is done with it."""
    used, unused = _part(prepared)
    yield f"{prepared.agent.name} understood: {_say_marks(used) or 'nothing'}"
    if unused:
        yield f"not used by this step: {_say_marks(unused)}"
    if prepared.request.ignored:
        yield f"ignored: {' '.join(prepared.request.ignored)}"
    yield from prepared.order.notes
    yield prepared.hold.said
    yield f"runs: {say_command(prepared)}"


def say_command(prepared: Prepared) -> str:
    """Return the command of the order as it is typed."""
    return shlex.join(("hotfix", *prepared.order.words))


def to_node(prepared: Prepared) -> Mapping[str, object]:
    """Return the same as `say_understood`, for JSON."""
    used, unused = _part(prepared)
    return {
        "agent": prepared.agent.name,
        "step": prepared.agent.step.value,
        "file": str(prepared.agent.path),
        "understood": [{"kind": mark.kind.value, "value": mark.value} for mark in used],
        "unused": [{"kind": mark.kind.value, "value": mark.value} for mark in unused],
        "ignored": list(prepared.request.ignored),
        "notes": list(prepared.order.notes),
        "held": {"by": prepared.hold.guard.value, "said": prepared.hold.said},
        "command": say_command(prepared),
    }


@dataclass(frozen=True, slots=True)
class Card:
    """What there is to know of an agent, and the files that are in force."""

    name: str
    description: str
    step: str
    tools: tuple[str, ...]
    model: str | None  # the role that its step asks; None: the step asks none
    file: str
    skills: tuple[str, ...]  # their files
    templates: tuple[str, ...]  # of the documents that its step leaves


def describe_agent(agent: Agent) -> Card:
    """Return what there is to know of an agent."""
    names = _DOCUMENTS[agent.step]
    return Card(
        name=agent.name,
        description=agent.description,
        step=agent.step.value,
        tools=tuple(tool.value for tool in agent.tools),
        model=agent.role.value if agent.step in ASKING else None,
        file=str(agent.path),
        skills=tuple(str(skill.path) for skill in agent.skills),
        templates=tuple(str(find_override("templates", name) or find_resource("templates", name)) for name in names),
    )


def say_agent(card: Card, *, files: bool) -> Iterator[str]:
    """Yield what an agent is for and may do, as lines; with the files that are in force if they are wanted."""
    yield f"{card.name}: {card.description}"
    yield f"  step {card.step}; tools {', '.join(card.tools)}; {f'model {card.model}' if card.model else 'no model'}"
    if files:
        yield f"  agent     {card.file}"
        yield from (f"  skill     {path}" for path in card.skills)
        yield from (f"  template  {path}" for path in card.templates)


def _part(prepared: Prepared) -> tuple[list[Mark], list[Mark]]:
    """Return the marks that the command takes, and the others; of two that say the same the first."""
    marks = list({(mark.kind, mark.value): mark for mark in reversed(prepared.request.marks)}.values())[::-1]
    used = [mark for mark in marks if mark.kind in prepared.order.used]
    return used, [mark for mark in marks if mark.kind not in prepared.order.used]


def _say_marks(marks: Iterable[Mark]) -> str:
    return ", ".join(f"{mark.kind} {mark.value}{_say_policy(mark)}" for mark in marks)


def _say_policy(mark: Mark) -> str:
    """Return what is taken for granted of a time that leaves out its day or its zone."""
    if mark.kind not in _BOUNDS:
        return ""
    day = "" if mark.value[:4].isdigit() else "of the day of the last record"
    zone = "" if _ZONE.search(mark.value) else "UTC"
    return f" ({', '.join(filter(None, (day, zone)))})" if day or zone else ""
