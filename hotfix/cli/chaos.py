"""``hotfix chaos``: which experiments would have found the cause of an incident."""

from typing import TYPE_CHECKING

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.options import IncidentName, Json
from hotfix.core.errors import InputError

if TYPE_CHECKING:
    from hotfix.learn.regiondocument import Written
    from hotfix.report.chaosreport import Material


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Propose experiments that would have found a cause.", no_args_is_help=True)
    group.callback()(_name_group)
    group.command("plan")(plan)
    app.add_typer(group, name="chaos")


def _name_group() -> None:
    """Propose experiments that would have found a cause."""


def plan(incident: IncidentName, as_json: Json = False) -> int:
    """Write chaos.md: experiments that would have found the cause of an incident.

    With its services and figures: the fault, what must stay as it is, whom it may reach, when to stop, how to go back.
    Nothing is run. What people write between its marks is kept when it is written again.
    """
    from hotfix.learn.chaos import plan_chaos
    from hotfix.learn.state import read_state
    from hotfix.report.chaosreport import Material, render_chaos_json, write_chaos
    from hotfix.report.incidentfolders import REPORT, find_incident_folder
    from hotfix.report.jsonread import read_report

    folder = find_incident_folder(incident)
    analysis, state = read_report(folder / REPORT), read_state(folder, tell_time())
    if analysis.incident is None:
        raise InputError(f"expected an incident at {folder}, found an analysis that found none")
    material = Material(analysis, analysis.incident, plan_chaos(analysis, analysis.incident, state))
    written = write_chaos(folder, material)
    typer.echo(render_chaos_json(material, written) if as_json else _say(material, written))
    return 0


def _say(material: "Material", written: "Written") -> str:
    from hotfix.core.plain import tame
    from hotfix.report.chaosreport import list_lab
    from hotfix.report.words import say_count

    candidates = material.plan.candidates
    number = sum(len(one.found.experiments) for one in candidates)
    lines = [f"{written.path}: {say_count(number, 'experiment')} at {material.plan.service}"]
    for one in candidates:
        titles = [experiment.title for experiment in one.found.experiments]
        lines.append(f"  {one.found.family}: {', '.join(titles) or f'no experiment: {one.found.why_none}'}")
        lines += [f"    in the incident lab: {command}" for _, command in list_lab(one)]
    lines += [f"  conflict: {said}" for said in written.conflicts]
    return "\n".join(map(tame, lines))
