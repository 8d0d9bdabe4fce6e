"""Keeps a method with its object where it is handed on as a function (JavaScript): its `this` is lost there."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import replace_nodes, tell_fix, walk_all
from hotfix.repair.fixers.tree import key, replace_node
from hotfix.repair.source import FUNCTIONS

_TOLD = re.compile(r"^Cannot (?:read|set) properties of undefined|^this\.\w+(?:\.\w+)* is not a function|of undefined$")
_MEMBER = re.compile(r"\((?:reading|setting) '([^']+)'\)|^this\.(\w+)")


def fix_lost_this(trouble: Trouble) -> Iterator[Fix]:
    """Yield the binding of the failing method where it is handed on, or an arrow function for one within a method."""
    told = _MEMBER.search(trouble.message)
    if not _TOLD.search(trouble.message) or told is None or trouble.function is None:
        return
    member = next(group for group in told.groups() if group)
    if not re.search(rf"\bthis\.{re.escape(member)}\b", trouble.source.lines[trouble.line - 1]):
        return
    function, name = trouble.function, trouble.function_name
    measures = ("the call itself is as before", "no log line: nothing is missing then")
    if function.kind() == "function_expression":
        parameters, body = function.field("parameters"), function.field("body")
        within = any(above.kind() in FUNCTIONS for above in function.ancestors())
        plain = parameters is not None and body is not None and not re.search(r"\barguments\b", function.text())
        if within and plain and parameters is not None and body is not None and function.field("name") is None:
            start = "async " if function.text().startswith("async") else ""
            fresh = f"{start}{parameters.text()} => {body.text()}"
            what = "the function is called without the object that it is written in; as an arrow function it keeps it"
            yield tell_fix(trouble, replace_node(trouble.source.text, function, fresh), what, measures)
        return
    pairs = []
    for node in walk_all(trouble):
        holder, called = node.field("object"), node.field("property")
        parent = node.parent()
        if node.kind() != "member_expression" or holder is None or called is None or parent is None:
            continue
        is_call = (function_of := parent.field("function")) is not None and key(function_of) == key(node)
        target = parent.field("left")
        written = target is not None and key(target) == key(node)
        if called.text() == name and not is_call and not written and parent.kind() in _HANDED:
            pairs.append((node, f"{node.text()}.bind({holder.text()})"))
    if pairs and name:
        what = f"{name} is handed on without its object, which it needs; now it keeps it"
        yield tell_fix(trouble, replace_nodes(trouble.source.text, pairs), what, measures)


_HANDED = frozenset({"arguments", "pair", "array", "return_statement", "assignment_expression", "variable_declarator"})
"""Where a method stands as a value."""
