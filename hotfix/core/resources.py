"""Finds the data folders (`rules`, `templates`, `models`), in a checkout or inside an installed wheel."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hotfix.core.errors import RuleError

_PACKAGE = Path(__file__).parents[1]


@cache
def find_resource(*parts: str) -> Path:
    """Return the path of a packaged data file or folder, for example ``find_resource("rules", "formats")``.

    Raises:
        RuleError: neither the installed package nor the checkout holds it.
    """
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise RuleError(f"expected packaged data at {'/'.join(parts)}, found none beside {_PACKAGE}; reinstall hotfix")


def read_table(path: Path) -> Mapping[str, object]:
    """Return what a TOML data file holds.

    Raises:
        RuleError: it is not TOML; the message names the file and the place.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: expected TOML, found {error}") from error
