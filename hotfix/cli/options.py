"""Options that several commands share: one meaning, one wording."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]

IncidentName = Annotated[str, typer.Argument(help="Id or folder of an incident, or last.", show_default=False)]
