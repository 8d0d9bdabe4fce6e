"""Waits within the try for what it returns (JavaScript): else the catch behind it never sees the error."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import read_call, tell_fix, walk_all
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import key, replace_node
from hotfix.repair.source import FUNCTIONS

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def fix_returned_await(trouble: Trouble) -> Iterator[Fix]:
    """Yield an await before the call that a try returns: at the failing line, or of the function that failed."""
    if trouble.source.language in {"python", "java", "go", None}:
        return
    for node in walk_all(trouble):
        value = next(iter(node.named_children()), None) if node.kind() == "return_statement" else None
        call = read_call(value) if value is not None else None
        if value is None or call is None or not _is_caught(node):
            continue
        failed_there = trouble.lies_in(node)
        if failed_there or (trouble.exception and call.name == trouble.function_name):
            what = f"{describe(value)} is returned before it is done, so that the catch around it misses its error"
            text = replace_node(trouble.source.text, value, f"await {value.text()}")
            yield tell_fix(trouble, text, what, ("one await", "what is given back is as before"))
            return


def _is_caught(statement: "SgNode") -> bool:
    """Tell whether a statement stands in the body of a try with a catch, in an asynchronous function."""
    inside, caught = statement, False
    for above in statement.ancestors():
        if above.kind() == "try_statement" and above.field("handler") is not None:
            body = above.field("body")
            caught = caught or (body is not None and key(body) == key(inside))
        if above.kind() in FUNCTIONS:
            return caught and re.match(r"(?:export\s+|static\s+)*async\b", above.text()) is not None
        inside = above
    return False
