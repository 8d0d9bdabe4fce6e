"""Finds the data folders (`rules`, `templates`, `models`), in a checkout or inside an installed wheel."""

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
