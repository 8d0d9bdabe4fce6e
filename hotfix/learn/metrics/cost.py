"""What hotfix itself cost: of each incident, and of each agent and model, from the events of its commands."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotfix.learn.events import Event, EventSource
from hotfix.learn.metrics.contract import Absence, Definition, Incident, Sample, Section, Unit
from hotfix.learn.metrics.limits import AGENTS_MOST, NUMBER_MOST
from hotfix.learn.metrics.names import OTHERS, bound_name
from hotfix.learn.metrics.speed import Rule

_MODEL_RUNG = "model:"


@dataclass(frozen=True, slots=True)
class Agent:
    """Who ran, and with which model."""

    name: str
    model: str | None  # None: none was asked


@dataclass(frozen=True, slots=True)
class Run:
    """One command of an agent; None for what is not known."""

    agent: Agent
    ground: str
    cpu_s: float | None
    seconds: float | None  # wall time
    prompt_tokens: float | None
    output_tokens: float | None


_Take = Callable[[Run], float | None]
_REST = Agent(OTHERS, OTHERS)


def list_runs(incident: Incident) -> tuple[Run, ...]:
    """Return what the commands of an incident cost; what is no number is not known."""
    return tuple(_read_runs(incident.events))


def find_agents(incidents: Sequence[Sequence[Run]]) -> tuple[Agent, ...]:
    """Return whom to tell apart over incidents, by name; of more than `AGENTS_MOST` the last stands for the rest."""
    counts = Counter(agent for runs in incidents for agent in {run.agent for run in runs})
    ranked = sorted(counts, key=lambda agent: (-counts[agent], _order(agent)))
    if len(ranked) <= AGENTS_MOST:
        return tuple(sorted(ranked, key=_order))
    return (*sorted(set(ranked[: AGENTS_MOST - 1]) - {_REST}, key=_order), _REST)


def choose_runs(runs: Sequence[Run], agent: Agent, told_apart: Sequence[Agent]) -> tuple[Run, ...]:
    """Return the runs of an agent; to the one that stands for the rest belong all that are not told apart."""
    return tuple(run for run in runs if run.agent == agent or (agent == _REST and run.agent not in told_apart))


def _read_whole(take: _Take, *, tokens: bool) -> Callable[[Incident, datetime], Sample | Absence]:
    return lambda incident, _now: add_up(list_runs(incident), take, tokens=tokens)


def add_up(runs: Sequence[Run], take: _Take, *, tokens: bool) -> Sample | Absence:
    """Return the sum; not known where one of the runs does not tell. Tokens are asked of runs with a model alone."""
    asked = [run for run in runs if run.agent.model is not None] if tokens else runs
    if not asked:
        return Absence.NOT_APPLICABLE
    values = [value for run in asked if (value := take(run)) is not None]
    if len(values) < len(asked):
        return Absence.NOT_KNOWN
    return Sample(sum(values), " and ".join(sorted({run.ground for run in asked})))


def _read_runs(events: Sequence[Event]) -> Iterator[Run]:
    for event in events:
        name = event.details.get("agent")
        if event.source == EventSource.COMMAND and isinstance(name, str):
            details = event.details
            yield Run(
                agent=Agent(bound_name(name), _find_model(details)),
                ground=event.kind,
                cpu_s=_take_number(details, "cpu_s"),
                seconds=_take_number(details, "seconds"),
                prompt_tokens=_take_number(details, "prompt_tokens"),
                output_tokens=_take_number(details, "output_tokens"),
            )


def _order(agent: Agent) -> tuple[str, str]:
    return agent.name, agent.model or ""


def _find_model(details: Mapping[str, object]) -> str | None:
    """Return the model that a run names itself, or by the rung of its patch."""
    model, rung = details.get("model"), details.get("rung")
    if isinstance(model, str):
        return bound_name(model)
    if isinstance(rung, str) and rung.startswith(_MODEL_RUNG):
        return bound_name(rung.removeprefix(_MODEL_RUNG))
    return None


def _take_number(details: Mapping[str, object], key: str) -> float | None:
    value = details.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= NUMBER_MOST:
        return None
    return float(value)


_CPU = "of the commands about an incident, user and system, with the programs that they started"
_TOKENS = "by the local model for an incident"

WHOLE_COST: tuple[Rule, ...] = (
    (
        Definition("cpu_time", "CPU time", Section.COST, Unit.SECONDS, f"CPU seconds {_CPU}."),
        _read_whole(lambda run: run.cpu_s, tokens=False),
    ),
    (
        Definition("prompt", "tokens read", Section.COST, Unit.TOKENS, f"Tokens read {_TOKENS}."),
        _read_whole(lambda run: run.prompt_tokens, tokens=True),
    ),
    (
        Definition("output", "tokens written", Section.COST, Unit.TOKENS, f"Tokens written {_TOKENS}."),
        _read_whole(lambda run: run.output_tokens, tokens=True),
    ),
)
"""Costs of an incident over all agents."""

AGENT_COST: tuple[tuple[Definition, _Take, bool], ...] = (
    (
        Definition("agent_cpu_time", "CPU time", Section.COST, Unit.SECONDS, f"CPU seconds {_CPU}, by agent."),
        lambda run: run.cpu_s,
        False,
    ),
    (
        Definition(
            "agent_run_time", "run time", Section.COST, Unit.SECONDS, "Wall seconds of the commands of an agent."
        ),
        lambda run: run.seconds,
        False,
    ),
    (
        Definition("agent_prompt", "tokens read", Section.COST, Unit.TOKENS, f"Tokens read {_TOKENS}, by agent."),
        lambda run: run.prompt_tokens,
        True,
    ),
    (
        Definition("agent_output", "tokens written", Section.COST, Unit.TOKENS, f"Tokens written {_TOKENS}, by agent."),
        lambda run: run.output_tokens,
        True,
    ),
)
"""Costs of one agent with one model; the last says whether only runs with a model are asked."""
