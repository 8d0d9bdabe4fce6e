"""Finds the folder of an incident by what a user calls it: its id, a path, or ``last``."""

import os
from pathlib import Path

from hotfix.core.errors import InputError, did_you_mean
from hotfix.learn.card import REPORT

__all__ = ["INCIDENTS", "LAST", "REPORT", "find_incident_folder"]

INCIDENTS = Path(".hotfix", "incidents")
LAST = "last"


def find_incident_folder(name: str, root: Path = INCIDENTS) -> Path:
    """Return the folder that holds an incident's `report.json`; ``last`` is the one written last.

    Raises:
        InputError: there is none; the message suggests a near name.
    """
    for folder in (Path(name), root / name):
        if name != LAST and os.path.isfile(folder / REPORT):  # noqa: PTH113  # a name too long for a file is none
            return folder
    known = sorted(root.glob(f"*/{REPORT}"), key=lambda path: path.stat().st_mtime_ns)
    if name == LAST and known:
        return known[-1].parent
    if not known:
        raise InputError(f"expected an incident at {name!r}, found none here; hotfix analyze writes one to {root}/")
    near = did_you_mean(name, [path.parent.name for path in known])
    raise InputError(f"expected an incident's id, its folder or 'last', found {name!r}{near}")
