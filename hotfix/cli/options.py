"""Options that several commands share: one meaning, one wording."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]

IncidentName = Annotated[str, typer.Argument(help="Id or folder of an incident, or last.", show_default=False)]

_LOGS = typer.Argument(metavar="LOGS", help="Log files, folders, globs, or - for standard input.", show_default=False)
Logs = Annotated[list[str], _LOGS]
LogsIfAny = Annotated[list[str] | None, _LOGS]

Since = Annotated[
    str | None,
    typer.Option(help="Look at records from this time on, e.g. 2026-01-15T14:00Z or 14:00 (of the last day)."),
]
Until = Annotated[str | None, typer.Option(help="Look at records up to this time.")]
Last = Annotated[str | None, typer.Option(help="Look at this span before the last record, e.g. 30m, 2h, 1d.")]
Service = Annotated[str | None, typer.Option(help="Look at the records of this service only.")]
Users = Annotated[int | None, typer.Option(min=1, help="How many users there are, to say how many are affected.")]

_DEPLOYS = "CSV, JSON or JSON-lines file of deployments and other changes."
Deploys = Annotated[Path | None, typer.Option(help=_DEPLOYS)]
DeploysThere = Annotated[Path | None, typer.Option(exists=True, help=_DEPLOYS)]
"""The same, told of before anything is read where it is not there."""

Out = Annotated[
    Path | None,
    typer.Option(help="Folder for report.json, diagnosis.md and report.html; else .hotfix/incidents/<id>."),
]
Model = Annotated[
    str | None, typer.Option(help="Let this model word what is found; else that of the agent's role, if any.")
]
NoModel = Annotated[bool, typer.Option("--no-model", help="Use no model: rules and templates alone.")]

Repro = Annotated[str | None, typer.Option(help="Command that fails while the error is there; else a test is made.")]
Suite = Annotated[str | None, typer.Option(help="Command that runs the project's tests; else it is found.")]
