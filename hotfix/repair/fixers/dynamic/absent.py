"""Asks before it takes away or looks for what may not be there (Python): items of a list, keys, parts of a text."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.tree import is_plain

_TOLD = re.compile(r"not in (?:list|deque|tuple)|is not in (?:list|deque)|^substring not found|^subsection not found")


def fix_absent(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard before the failing call."""
    if trouble.source.language != "python":
        return
    for call in list_calls(trouble):
        looks = trouble.exception == "ValueError" and _TOLD.search(trouble.message) and call.name in {"remove", "index"}
        takes = trouble.exception == "KeyError" and call.name in {"pop", "remove"}
        if not (looks or takes) or call.holder is None or len(call.given) != 1:
            continue
        if is_plain(call.holder) and is_plain(call.given[0]):
            condition = f"{call.given[0].text()} not in {call.holder.text()}"
            fix = put_guard(trouble, call.given[0], condition, f"{describe(call.given[0])} is not there", call.node)
            if fix is not None:
                yield fix
