"""Keeps the value of a property under a name of its own (Python, JavaScript): under the property's it asks itself."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import replace_nodes, tell_fix, walk_all
from hotfix.repair.fixers.tree import walk
from hotfix.repair.source import name_function

_TOLD = re.compile(r"maximum recursion depth exceeded|Maximum call stack size exceeded")
_GETTER = re.compile(r"^@(?:property|cached_property|\w+\.(?:setter|getter))\b|^(?:static )?(?:get|set)\s")


def fix_accessors(trouble: Trouble) -> Iterator[Fix]:
    """Yield another name for the value in the accessors of the property that failed."""
    name = trouble.function_name
    if not _TOLD.search(trouble.message) or not name:
        return
    pairs = []
    for node in walk_all(trouble):
        accessor = node.kind() in {"decorated_definition", "method_definition"} and _GETTER.match(node.text())
        function = node.field("definition") or node
        if not accessor or name_function(function) != name:
            continue
        for one in walk(function):
            holder, member = one.field("object"), one.field("attribute") or one.field("property")
            if (
                holder is not None
                and member is not None
                and holder.text() in {"self", "this"}
                and member.text() == name
            ):
                pairs.append((member, f"_{name}"))
    taken = re.search(rf"\b(?:self|this)\._{name}\b", trouble.source.text)
    if pairs and not taken:
        what = f"{name} asks itself for its value without end; the value is kept as _{name}"
        text = replace_nodes(trouble.source.text, pairs)
        yield tell_fix(trouble, text, what, ("what is set is what is given", "no log line: nothing is left out"))
