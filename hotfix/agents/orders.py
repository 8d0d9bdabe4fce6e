"""Turns a request into the command of hotfix that does an agent's step: what was understood in, a command out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hotfix.agents.contract import Kind, Request
from hotfix.core.errors import UsageError
from hotfix.model.agentfiles import Step
from hotfix.report.incidentfolders import LAST

_OPTIONS = {
    Kind.SINCE: "--since",
    Kind.UNTIL: "--until",
    Kind.LAST: "--last",
    Kind.SERVICE: "--service",
    Kind.CHANGES: "--deploys",
    Kind.REPOSITORY: "--repo",
    Kind.USERS: "--users",
    Kind.REVISION: "--revision",
    Kind.PATCH: "--patch",
    Kind.REPRO: "--repro",
    Kind.SUITE: "--suite",
    Kind.PERF: "--perf",
    Kind.CONFIG: "--config",
    Kind.STRATEGY: "--strategy",
}
"""The option that takes each kind."""

_DIAGNOSIS = (Kind.SINCE, Kind.UNTIL, Kind.LAST, Kind.SERVICE, Kind.CHANGES, Kind.REPOSITORY, Kind.USERS)

_TAKEN = {
    Step.DIAGNOSE: ("analyze", _DIAGNOSIS),
    Step.PATCH: ("patch", (Kind.REPOSITORY, Kind.REVISION)),
    Step.TEST: ("test", (Kind.REPOSITORY, Kind.PATCH, Kind.REPRO, Kind.SUITE, Kind.PERF)),
    Step.PLAN: ("deploy plan", (Kind.CONFIG, Kind.STRATEGY)),
    Step.REVIEW: ("rca", ()),
}
"""The command of each step, and the kinds that it takes as options."""

_NO = re.compile(r"\b(?:no|not|never|without|don't|dont|doesn't|must|should|would|could|if|when|how)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """One command of hotfix, and what of the request is in it."""

    words: tuple[str, ...]  # behind `hotfix`
    used: frozenset[Kind]
    incident: str | None = None  # as the user calls it; None for a diagnosis, which makes one
    repository: str | None = None
    executes: bool = False
    notes: tuple[str, ...] = ()


def write_order(
    step: Step, request: Request, name_incident: Callable[[str], str], *, runs: bool, execute: bool = False
) -> Order:
    """Return the command that does what was asked.

    Args:
        step: of the agent.
        request: what was understood.
        name_incident: gives what commands call the incident that a user calls so; ``last`` is one, too.
        runs: whether the agent may run programs.
        execute: whether the user allows a rollout; it is one only if the request asks for it, too.

    Raises:
        InputError: there is no such incident.
        UsageError: the request lacks what the step needs, or says a thing twice; or a rollout is allowed and not asked.
    """
    if execute:
        _check_asked(step, request)
    command, kinds = ("deploy run", (Kind.CONFIG,)) if execute else _TAKEN[step]
    options = tuple(_list_options(request, kinds))
    repository = _take_one(request, Kind.REPOSITORY) if Kind.REPOSITORY in kinds else None
    if step is Step.DIAGNOSE:
        paths = request.find(Kind.LOGS) or request.find(Kind.REPOSITORY)
        _need(paths, "the path of logs", "in logs/")
        return Order((command, *paths, *options), frozenset((Kind.LOGS, Kind.DAY, *kinds)), repository=repository)
    if Kind.REPOSITORY in kinds:
        _need(request.find(Kind.REPOSITORY), "the path of a git repository or a bundle", "in ../orders")
    named = _take_one(request, Kind.INCIDENT)
    incident = name_incident(named or LAST)
    notes = () if named else (f"the request names no incident: it is the last one, {incident}",)
    if step is Step.PLAN and _asks_to_go(request) and not execute:
        notes = (*notes, "a rollout is only carried out with --execute: this is the plan of it")
    untried = ("--no-try",) if step is Step.PATCH and not runs else ()
    return Order(
        words=(*command.split(), incident, *options, *untried),
        used=frozenset((Kind.INCIDENT, *kinds, *((Kind.ROLLOUT,) if execute else ()))),
        incident=incident,
        repository=repository,
        executes=execute,
        notes=notes,
    )


def _list_options(request: Request, kinds: tuple[Kind, ...]) -> Iterator[str]:
    for kind in kinds:
        value = _take_one(request, kind)
        if value is not None:
            yield from (_OPTIONS[kind], value)


def _take_one(request: Request, kind: Kind) -> str | None:
    found = request.find(kind)
    if len(found) > 1:
        raise UsageError(f"expected one {kind} in the request, found {' and '.join(map(repr, found))}")
    return found[0] if found else None


def _need(found: tuple[str, ...], what: str, example: str) -> None:
    if not found:
        raise UsageError(f"expected {what} in the request, such as {example!r}, found none")


def _check_asked(step: Step, request: Request) -> None:
    if step is not Step.PLAN:
        raise UsageError(f"--execute: expected an agent whose step is plan, found one whose step is {step}")
    if not _asks_to_go(request):
        raise UsageError("--execute: expected a request that plainly asks for it, such as 'roll out', found none")


def _asks_to_go(request: Request) -> bool:
    """Tell whether a rollout is asked for, and nothing in the request makes that doubtful."""
    return bool(request.find(Kind.ROLLOUT)) and _NO.search(request.text) is None
