"""Takes the current time in the timezone of what it is compared with (Python)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import is_plain, replace_node
from hotfix.repair.source import span_lines

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
        if len(sides) != 2 or not span_lines(node)[0] <= trouble.line <= span_lines(node)[1]:
            continue
        for one, other in (sides, sides[::-1]):
            now = _find_now(trouble, one)
            if now is not None and is_plain(other) and not _NOW.match(other.text()):
                yield _fix(trouble, now, other.text())


def _find_now(trouble: Trouble, node: "SgNode") -> "SgNode | None":
    """Return the call that takes the current time: a side itself, or what its name was given and nothing else uses."""
    if _NOW.match(node.text()):
        return node
    if node.kind() != "identifier" or trouble.function is None:
        return None
    if len(re.findall(rf"\b{node.text()}\b", trouble.function.text())) != 2:  # where it is given, used
        return None
    given = [one for one in trouble.nodes if one.kind() == "assignment" and _text(one, "left") == node.text()]
    right = given[0].field("right") if given else None
    return right if right is not None and _NOW.match(right.text()) else None


def _text(node: "SgNode", field: str) -> str:
    found = node.field(field)
    return found.text() if found is not None else ""


def _fix(trouble: Trouble, now: "SgNode", other: str) -> Fix:
    call = now.text().rpartition(".")[0]
    aware = f"{call}.now({other}.tzinfo)"
    fresh = aware if now.text().endswith(".now()") else f"({now.text()} if {other}.tzinfo is None else {aware})"
    return Fix(
        source=trouble.source.with_text(replace_node(trouble.source.text, now, fresh)),
        rationale=f"{other} has a timezone at {trouble.place}, and {describe(now)} has none; the time is taken in it.",
        measures=("a time without a timezone is compared as before", "no log line: both kinds are ordinary"),
    )
