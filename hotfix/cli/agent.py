"""``hotfix agent``: an agent takes a request in plain words, does its step, and is held to its tools while it does."""

from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json
from hotfix.core.errors import HotfixError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotfix.agents.preparing import Choices, Prepared
    from hotfix.agents.saying import Card
    from hotfix.model.agentfiles import Agent

FOUND = 1
"""Exit code when an incident was found, as of ``hotfix analyze``; the other steps have those of their commands."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("agent")(agent)


def agent(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    name: Annotated[str | None, typer.Argument(help="Name of an agent; without one, all are listed.")] = None,
    request: Annotated[
        list[str] | None,
        typer.Argument(help='What to do, in plain words, such as "What broke in logs/ since 03:10?".'),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print which files of the agent are in force, and what it may do.")
    ] = False,
    execute: Annotated[
        bool, typer.Option("--execute", help="Let a rollout that the request plainly asks for be carried out.")
    ] = False,
    unconfined: Annotated[
        bool, typer.Option("--unconfined", help="Go on where this host cannot hold the agent to its tools.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Let an agent do its step, and leave the document of it in the incident folder.

    First it is told what code understood of the request, and which words it ignored. The step then runs in a process
    of its own that may do what the tools in the agent's file say, and nothing else.
    """
    from hotfix.agents.preparing import Choices
    from hotfix.agents.saying import describe_agent
    from hotfix.model.agentfiles import load_agents
    from hotfix.report.templatecheck import check_templates

    check_templates()
    agents = load_agents()
    if name is None:
        _print([describe_agent(agents[one]) for one in sorted(agents)], files=False, as_json=as_json)
        return 0
    if name not in agents:
        near = did_you_mean(name, agents)
        raise UsageError(f"expected an agent, one of {', '.join(sorted(agents))}, found {name!r}{near}")
    if show:
        _print([describe_agent(agents[name])], files=True, as_json=as_json)
        return 0
    if not request:
        raise UsageError(f"expected a request in plain words behind {name}, found none; see hotfix agent --help")
    return _do(agents[name], " ".join(request), Choices(execute, unconfined), as_json=as_json)


def _print(cards: "Sequence[Card]", *, files: bool, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    from hotfix.agents.saying import say_agent
    from hotfix.core.plain import tame

    if as_json:
        typer.echo(json.dumps([asdict(card) for card in cards], indent=2))
        return
    typer.echo("\n".join(tame(line) for card in cards for line in say_agent(card, files=files)))


def _do(agent: "Agent", text: str, choices: "Choices", *, as_json: bool) -> int:
    import json

    from hotfix.agents.preparing import prepare
    from hotfix.agents.running import become
    from hotfix.agents.saying import say_understood, to_node
    from hotfix.cli.telling import tell

    with prepare(agent, text, choices) as prepared:
        for line in say_understood(prepared):
            tell(line)
        if not prepared.order.executes:
            return _run(prepared, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(to_node(prepared)))
    return become(agent.name, (*prepared.order.words, *(("--json",) if as_json else ())))


def _run(prepared: "Prepared", *, as_json: bool) -> int:
    """Run the command of an order, and file what a diagnosis found; return the exit code."""
    from hotfix.agents.running import Task, run_held

    diagnoses = prepared.order.incident is None
    asked = ("--out", str(prepared.draft), "--json") if diagnoses else ("--json",) if as_json else ()
    words = (*prepared.order.words, *asked)
    task = Task(prepared.agent.name, words, prepared.hold, prepared.temporary)
    done = run_held(task, capture=bool(asked))
    if done.returncode not in {0, FOUND}:
        return done.returncode if done.returncode > 0 else HotfixError.exit_code
    if diagnoses:
        _file(prepared, as_json=as_json)
    elif as_json:
        _print_result(prepared, done.stdout)
    return done.returncode


def _file(prepared: "Prepared", *, as_json: bool) -> None:
    from hotfix.agents.filing import file_diagnosis
    from hotfix.agents.saying import say_command
    from hotfix.cli.telling import tell
    from hotfix.report.console import open_console, render_console
    from hotfix.report.jsonreport import render_json

    filed = file_diagnosis(prepared.draft, say_command(prepared), tell)
    if as_json:
        _print_result(prepared, render_json(filed.analysis))
    else:
        render_console(filed.analysis, open_console(), filed.written)


def _print_result(prepared: "Prepared", result: str | bytes) -> None:
    """Print one object: what was understood, and what the command printed."""
    import json

    from hotfix.agents.saying import to_node

    typer.echo(json.dumps({**to_node(prepared), "result": json.loads(result)}))
