"""Takes the end of the last line as its end (Python, JavaScript): behind it stands no empty line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import CHAIN, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(
    r"Unexpected end of JSON input|with base 10: ''|to float: ''|not enough values to unpack \(expected \d+, got 1\)"
    r"|Expecting value: line 1 column 1|list index out of range|of undefined|does not match format"
    r"|Invalid isoformat string: ''"
)

_EACH = frozenset({"map", "flatMap", "forEach", "filter", "reduce", "every", "some"})


def fix_last_line(trouble: Trouble) -> Iterator[Fix]:
    """Yield the lines of a text without the one that is no line, where a line could not be read."""
    for call in list_calls(trouble) if _TOLD.search(trouble.message or trouble.passed) else ():
        parted = call.name == "split" and len(call.given) == 1 and call.given[0].text()[1:-1] == "\\n"
        if not parted or call.holder is None or not _is_gone_over(call.node):
            continue
        held = call.holder.text()
        cut = f"{held}.rstrip('\\n')" if trouble.source.language == "python" else f"{held}.replace(/\\n+$/, '')"
        text = replace_node(trouble.source.text, call.holder, cut)
        what = f"{describe(call.holder)} can end with the end of its last line, behind which no other begins"
        yield tell_fix(trouble, text, what, ("all lines are read as before", "no log line: a last line is ordinary"))
        return


def _is_gone_over(node: "SgNode") -> bool:
    """Tell whether lines are gone over one by one: by a loop, a comprehension or a call for each."""
    one = node
    while (parent := one.parent()) is not None and parent.kind() in CHAIN:
        index, member = parent.field("subscript") or parent.field("index"), parent.field("property")
        if member is not None and member.text() in _EACH:
            return True
        if index is not None and index.kind() != "slice":
            return False
        one = parent
    return parent is not None and parent.kind() in {"for_in_clause", "for_statement", "for_in_statement"}
