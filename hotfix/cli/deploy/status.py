"""``hotfix deploy status``: how far a rollout is, by its journal and by what is true now."""

from pathlib import Path
from typing import Annotated

import typer

from hotfix.cli.options import IncidentName, Json
from hotfix.core.errors import InputError
from hotfix.flow.places import find_config


def status(
    incident: IncidentName,
    config: Annotated[
        Path, typer.Option(help="The folder whose hotfix.toml says policy and traffic, or that file.")
    ] = Path(),
    as_json: Json = False,
) -> int:
    """Say phase, clocks, the share that is read back now, the last decision, who drives it, and what to do next."""
    from hotfix.report.incidentfolders import REPORT, find_incident_folder
    from hotfix.report.jsonread import read_report
    from hotfix.report.rolloutstanding import render_standing, say_standing
    from hotfix.rollout.execute.clock import SystemClock
    from hotfix.rollout.execute.journal import JOURNAL, read_past
    from hotfix.rollout.execute.standing import find_standing
    from hotfix.rollout.plan.findings import read_findings
    from hotfix.rollout.plan.planning import find_severity
    from hotfix.rollout.policy import read_policy
    from hotfix.rollout.traffic import read_traffic

    folder, path = find_incident_folder(incident), find_config(config)
    past = read_past(folder)
    if past is None:
        raise InputError(f"expected a rollout in {folder / JOURNAL}, found none; hotfix deploy run begins one")
    policy = read_policy(path.parent, find_severity(read_findings(folder, read_report(folder / REPORT))))
    standing = find_standing(past, read_traffic(path), policy, SystemClock().now_s())
    typer.echo(render_standing(standing) if as_json else say_standing(standing))
    return 0
