"""Tells by its words whether an error is a client's: a server refused what was asked amiss. Text in, yes or no out."""

from functools import cache

from hotfix.core.errors import RuleError
from hotfix.core.resources import find_resource, read_table


def says_client_fault(text: str) -> bool:
    """Tell whether a message says that a client asked for what is not there or not for it: no harm to the service."""
    lower = " ".join(text.lower().split())
    return any(phrase in lower for phrase in _load_phrases())


@cache
def _load_phrases() -> tuple[str, ...]:
    """Return the phrases of `rules/clients.toml`.

    Raises:
        RuleError: a value of the file is no text, or a phrase is not in lower case.
    """
    path = find_resource("rules", "clients.toml")
    phrases: list[str] = []
    for key, value in read_table(path).items():
        if not isinstance(value, str) or value != value.lower():
            raise RuleError(f"{path}: {key}: expected phrases in lower case, one a line, found {value!r}")
        phrases += [line.strip() for line in value.splitlines() if line.strip()]
    return tuple(dict.fromkeys(phrases))
