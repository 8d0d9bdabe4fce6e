"""Asks for the same length before two things are compared byte by byte (JavaScript): others are not alike."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.tree import is_plain

_TOLD = re.compile(r"must have the same (?:byte )?length")


def fix_same_length(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard before the failing comparison, which leaves as for things that are not alike."""
    for call in list_calls(trouble) if _TOLD.search(trouble.message) else ():
        if len(call.given) == 2 and all(is_plain(one) for one in call.given):
            left, right = (one.text() for one in call.given)
            what = f"{describe(call.given[1])} has another length"
            fix = put_guard(trouble, call.node, f"{left}.length !== {right}.length", what)
            if fix is not None:
                yield fix
