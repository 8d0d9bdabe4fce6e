"""Hands one value over as a row of one (Python): to a statement of SQL, and to a text with a place for it."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

_SQL = re.compile(r"Incorrect number of bindings supplied|parameters are of unsupported type")
_TEXT = re.compile(r"^not (?:all arguments converted|enough arguments for format string)")
_SINGLE = frozenset({"identifier", "attribute", "subscript", "string", "parenthesized_expression", "call"})


def fix_one_value(trouble: Trouble) -> Iterator[Fix]:
    """Yield the row of one for the value of the failing line."""
    if trouble.source.language != "python":
        return
    for call in list_calls(trouble) if _SQL.search(trouble.message) else ():
        if call.name == "execute" and len(call.given) == 2 and call.given[1].kind() in _SINGLE:
            bare = re.sub(r"^\((.*)\)$", r"\1", call.given[1].text())
            yield _say(trouble, replace_node(trouble.source.text, call.given[1], f"({bare},)"), bare)
    for node in trouble.nodes if trouble.exception == "TypeError" and _TEXT.match(trouble.message) else ():
        left, right = node.field("left"), node.field("right")
        if node.kind() != "binary_operator" or left is None or right is None or not trouble.lies_in(node):
            continue
        if "%" in {one.text() for one in node.children()} and right.kind() in _SINGLE and left.text().count("%") == 1:
            bare = re.sub(r"^\((.*)\)$", r"\1", right.text())
            yield _say(trouble, replace_node(trouble.source.text, right, f"({bare},)"), describe(right))


def _say(trouble: Trouble, text: str, what: str) -> Fix:
    said = f"{what} is taken for a row of values, one for each of its parts; it is handed over as a row of one"
    return tell_fix(trouble, text, said, ("the one value is what it was", "no log line: nothing is left out"))
