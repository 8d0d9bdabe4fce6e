"""Where a configuration and an incident lie, and how a command that goes on with them is typed."""

from pathlib import Path
from shlex import quote

from hotfix.core.configfile import CONFIG_FILE
from hotfix.core.errors import UsageError


def find_config(path: Path) -> Path:
    """Return the path of a `hotfix.toml` that was given as such, or by its folder.

    Raises:
        UsageError: a file of another name was given.
    """
    if path.is_dir():
        return path / CONFIG_FILE
    if path.name != CONFIG_FILE:
        raise UsageError(f"--config: expected a folder with {CONFIG_FILE}, or that file, found {str(path)!r}")
    return path


def say_deploy_command(command: str, incident: str, config: Path, option: str = "") -> str:
    """Return ``hotfix deploy COMMAND`` as it is typed for an incident."""
    words = ["hotfix deploy", command, quote(incident), option]
    return " ".join([*filter(None, words), *(() if config == Path() else ("--config", quote(str(config))))])


def name_incident(folder: Path) -> str:
    """Return what commands call the incident: its id where it lies where they look, else its folder."""
    from hotfix.report.incidentfolders import INCIDENTS

    return folder.name if folder.absolute().parent == INCIDENTS.absolute() else str(folder)


def say_run_command(folder: Path, *, deploys: bool = False) -> str:
    """Return the command that goes on with the way of an incident; with `deploys` also with its rollout."""
    return f"hotfix run --incident {quote(name_incident(folder))}{' --deploy' if deploys else ''}"
