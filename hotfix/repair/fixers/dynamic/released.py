"""Gives a lock back on every path (Python): an error between taking and giving it back would keep it for ever."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, name_owner, tell_fix
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import list_children, walk
from hotfix.repair.source import list_functions, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TAKES = re.compile(
    r"^(?:[\w.]+\.)?_?(?:acquire|enter|lock|checkout|borrow|take|get_connection|getconn)\w*\("
    r"|^\w+ = [\w.]+\.(?:acquire|get|checkout|getconn|borrow|connect)\("
)
_GIVES = re.compile(r"^(?:[\w.]+\.)?_?(?:release|leave|unlock|checkin|give_back|putconn|put|exit|close)\w*\(")
_STUCK = re.compile(
    r"lock|busy|timeout|timed out|exhaust|pool|deadlock|no (?:free|connection)|Empty|Full", re.IGNORECASE
)

_GENERAL = frozenset({"self", "lock", "mutex", "_lock"})
"""Holders that every class may have one of: a message that names one does not say which."""


def fix_released(trouble: Trouble) -> Iterator[Fix]:
    """Yield a finally for what a function of the file gives back on one path only."""
    said = f"{trouble.exception} {trouble.message} {trouble.category}"
    if trouble.source.language != "python" or not trouble.exception or not _STUCK.search(said):
        return
    for function in list_functions(trouble.source):
        for block in walk(function):
            found = _find_pair(block) if block.kind() == "block" else None
            if found is not None and _is_told(trouble, function, found[0].text()):
                yield _wrap(trouble, *found)
                return


def _find_pair(block: "SgNode") -> "tuple[SgNode, SgNode] | None":
    """Return the statement that takes, and the one of the same block that gives back, with others in between."""
    rows = list_children(block)
    for place, one in enumerate(rows):
        if not _TAKES.search(one.text()) or "\n" in one.text():
            continue
        for later in rows[place + 2 :]:
            if _GIVES.search(later.text()) and _share(one.text(), later.text()):
                return one, later
    return None


def _share(take: str, give: str) -> bool:
    """Tell whether what is given back is what was taken: one holder, or what was taken is handed over."""
    held = re.match(r"(\w+) = ", take)
    if held is not None:
        return re.search(rf"\b{held[1]}\b", give) is not None
    left, right = take.partition("(")[0].rpartition(".")[0], give.partition("(")[0].rpartition(".")[0]
    return left == right or right.startswith(f"{left}.") or left.startswith(f"{right}.")


def _is_told(trouble: Trouble, function: "SgNode", take: str) -> bool:
    """Tell whether what is taken is what failed: the failing function asks the same holder, or the message names it."""
    holder = re.sub(r"^\w+ = ", "", take).partition("(")[0].rpartition(".")[0]
    last = holder.rpartition(".")[2]
    if not holder:
        return False
    if last.lower() not in _GENERAL and re.search(rf"\b{re.escape(last)}\b", trouble.message, re.IGNORECASE):
        return True
    asks = trouble.function is not None and re.search(rf"(?<![\w.]){re.escape(holder)}\b", trouble.function.text())
    return bool(asks) and (not holder.startswith("self") or name_owner(trouble.function) == name_owner(function))


def _wrap(trouble: Trouble, take: "SgNode", give: "SgNode") -> Fix:
    first, last = span_lines(take)[1] + 1, span_lines(give)[0]
    rows, unit = trouble.source.lines, find_unit(trouble.source)
    indent = indent_of(rows[last - 1])
    held = [unit + row if row.strip() else row for row in rows[first - 1 : last - 1]]
    fresh = [f"{indent}try:", *held, f"{indent}finally:", unit + rows[last - 1]]
    mended = replace_lines(trouble.source, first, last, fresh)
    what = f"{take.text()} is given back by {give.text()} only where all goes well; now on every path"
    return tell_fix(trouble, mended.text, what, ("what is done in between is as before", "no log line: errors go on"))
