"""What an agent may do follows from the tools in its file, and what cannot be held is not started unasked."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.agents.contract import Kind, Mark, Request
from hotfix.agents.orders import Order
from hotfix.agents.rights import Guard, check_tools, choose_hold
from hotfix.core.errors import UsageError
from hotfix.model.agentfiles import Tool, load_agents

_ORDER = Order(("words",), frozenset(), "mine")
_NONE = "expected a kernel with Landlock"


@pytest.mark.parametrize("name", load_agents())
def test_packaged_agents_may_do_their_step(name: str) -> None:
    """Each of the five has the tools that its step needs."""
    check_tools(load_agents()[name], _ask("logs/"), _ORDER)


@pytest.mark.parametrize(
    ("name", "lacks", "reason"),
    [
        ("bug-diagnostician", Tool.GREP, "the step diagnose"),
        ("bug-diagnostician", Tool.GLOB, "a folder or a pattern of logs"),
        ("patch-developer", Tool.EDIT, "the step patch"),
        ("hotfix-tester", Tool.RUN, "the step test"),
        ("deployment-coordinator", Tool.WRITE, "the step plan"),
        ("incident-analyzer", Tool.WRITE, "the step review"),
    ],
)
def test_missing_tool_is_told_with_its_line(name: str, lacks: Tool, reason: str) -> None:
    """An agent without a tool that its step, or this request, needs is refused; its file and line are named."""
    whole = load_agents()[name]
    agent = replace(whole, tools=tuple(tool for tool in whole.tools if tool != lacks))
    with pytest.raises(UsageError) as caught:
        check_tools(agent, _ask("logs/"), _ORDER)
    said = f"expected {lacks} among the tools of {name}, for {reason}, found {', '.join(agent.tools)}"
    assert str(caught.value) == f"{whole.path}:4: {said}"


def test_one_named_file_needs_no_glob(tmp_path: Path) -> None:
    """Who may not look into folders may still read a file that is named."""
    log = tmp_path / "a.log"
    log.write_text("x")
    whole = load_agents()["bug-diagnostician"]
    check_tools(replace(whole, tools=(Tool.READ, Tool.GREP)), _ask(str(log)), _ORDER)


def test_rollout_needs_a_right_to_run() -> None:
    """A coordinator that may only write makes plans, and carries none out."""
    agent = replace(load_agents()["deployment-coordinator"], tools=(Tool.READ, Tool.WRITE))
    check_tools(agent, _ask("logs/"), _ORDER)
    with pytest.raises(UsageError, match=r":4: expected run among the tools of .*, for a rollout, found read, write$"):
        check_tools(agent, _ask("logs/"), replace(_ORDER, executes=True))


def test_who_cannot_be_held_is_refused_unless_the_user_says_so(tmp_path: Path) -> None:
    """Where a host lacks what holds an agent, one sentence says what; with leave it goes on, and that is told."""
    agent = load_agents()["bug-diagnostician"]
    with pytest.raises(UsageError) as caught:
        choose_hold(agent, _ORDER, (tmp_path,), unconfined=False, find_missing=lambda _guard: _NONE)
    said = f"{_NONE}, so that bug-diagnostician cannot be held to its tools; --unconfined lets it go on so"
    assert str(caught.value) == said
    held = choose_hold(agent, _ORDER, (tmp_path,), unconfined=True, find_missing=lambda _guard: _NONE)
    assert (held.guard, held.said) == (Guard.NONE, f"not held (--unconfined): {_NONE}")


def test_leave_to_go_on_unheld_changes_nothing_where_it_can_be_held(tmp_path: Path) -> None:
    """With --unconfined an agent is still held where that is possible."""
    agent = load_agents()["bug-diagnostician"]
    assert choose_hold(agent, _ORDER, (tmp_path,), unconfined=True).guard is Guard.LANDLOCK


def test_right_to_run_is_what_opens_programs_and_network_to_a_plan(tmp_path: Path) -> None:
    """Without ``run`` the plan's process starts no program but its own Python, and has no network."""
    whole = load_agents()["deployment-coordinator"]
    limits = choose_hold(whole, _ORDER, (tmp_path,), unconfined=False).limits
    assert (limits.programs, limits.sockets) == (None, True)
    less = replace(whole, tools=(Tool.READ, Tool.WRITE))
    limits = choose_hold(less, _ORDER, (tmp_path,), unconfined=False).limits
    assert ([Path(one).name[:6] for one in limits.programs or ()], limits.sockets) == (["python"], False)


def test_rollout_is_held_by_nothing(tmp_path: Path) -> None:
    """What moves traffic must reach it: that no one holds it is told."""
    agent = load_agents()["deployment-coordinator"]
    held = choose_hold(agent, replace(_ORDER, executes=True), (tmp_path,), unconfined=False)
    assert (held.guard, held.said) == (Guard.NONE, "not held: a rollout has to reach what serves the requests")


def _ask(logs: str) -> Request:
    return Request("", (Mark(Kind.LOGS, logs, 0, 1),), ())
