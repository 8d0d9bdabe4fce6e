"""The tree of errors that a user may see; each becomes one plain message and an exit code, never a traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class HotfixError(Exception):
    """Base of every error that hotfix raises on purpose; `exit_code` is what the program ends with."""

    exit_code = 3


class UsageError(HotfixError):
    """The command line or a configuration file asks for something that cannot be."""

    exit_code = 2


class InputError(HotfixError):
    """Nothing could be read where logs, deploys or a repository were promised."""

    exit_code = 2


class MissingError(InputError):
    """Nothing is there under a name that was promised, or may be there."""


class RuleError(HotfixError):
    """A data file in `rules/` or `templates/` breaks its contract; the message names file and key."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest known name, or an empty string when none is near."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
