"""Takes the current time in the timezone of what it is compared with (Python)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import is_plain, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"can't (?:compare|subtract) offset-naive and offset-aware datetimes")
_NOW = re.compile(r"^(?:datetime\.)?datetime\.(now|utcnow)\(\)$")


def fix_timezone(trouble: Trouble) -> Iterator[Fix]:
    """Yield the current time with the timezone of the other side, where one side is the current time without one."""
    if trouble.exception != "TypeError" or not _TOLD.search(trouble.message):
        return
    for node in trouble.nodes:
        sides = node.named_children() if node.kind() in {"comparison_operator", "binary_operator"} else []
        if len(sides) != 2 or not trouble.lies_in(node):
            continue
        for one, other in (sides, sides[::-1]):
            now = _read_now(trouble, one)
            if now and is_plain(other) and not _NOW.match(other.text()):
                yield _fix(trouble, one, now, other.text())


def _read_now(trouble: Trouble, node: "SgNode") -> str:
    """Return the call that takes the current time: a side itself, or all that its name is ever given; else nothing."""
    if _NOW.match(node.text()):
        return node.text()
    given = [
        one.field("right")
        for one in trouble.nodes
        if one.kind() == "assignment" and node.kind() == "identifier" and _text(one, "left") == node.text()
    ]
    taken = given[0].text() if len(given) == 1 and given[0] is not None else ""
    return taken if _NOW.match(taken) else ""


def _text(node: "SgNode", field: str) -> str:
    found = node.field(field)
    return found.text() if found is not None else ""


def _fix(trouble: Trouble, side: "SgNode", now: str, other: str) -> Fix:
    aware = f"{now.rpartition('.')[0]}.now({other}.tzinfo)"
    bare = side.text() == now and now.endswith(".now()")  # datetime.now(None) is datetime.now()
    fresh = aware if bare else f"({side.text()} if {other}.tzinfo is None else {aware})"
    return Fix(
        source=trouble.source.with_text(replace_node(trouble.source.text, side, fresh)),
        rationale=f"{other} has a timezone at {trouble.place}, and {describe(side)} has none; the time is taken in it.",
        measures=("a time without a timezone is compared as before", "no log line: both kinds are ordinary"),
    )
