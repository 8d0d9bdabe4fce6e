"""What carrying a rollout out reads of `hotfix.toml` for itself: the command that tries the new version."""

from pathlib import Path

from hotfix.core.configfile import read_optional_table


def read_check_new(path: Path) -> tuple[str, ...] | None:
    """Return the words of `[deploy] check_new`, which succeeds when the new version answers; None: it is not said.

    Raises:
        UsageError: it is no command.
    """
    table = read_optional_table(path, "deploy")
    return table.command("check_new") if table.has("check_new") else None
