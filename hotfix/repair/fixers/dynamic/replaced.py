"""Makes a changed copy of a fixed value (Python), where code would change the value itself."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import tell_fix
from hotfix.repair.fixers.tree import replace_node

_TOLD = re.compile(r"^cannot assign to field '(\w+)'")


def fix_replaced(trouble: Trouble) -> Iterator[Fix]:
    """Yield the copy with the field changed, where the function gives the value back; in a maker the field is set."""
    told = _TOLD.match(trouble.message)
    whole = trouble.function.text() if trouble.function is not None else ""
    for node in trouble.nodes if told else ():
        left, right = node.field("left"), node.field("right")
        holder = left.field("object") if left is not None and left.kind() == "attribute" else None
        if node.kind() not in {"assignment", "augmented_assignment"} or holder is None or right is None or left is None:
            continue
        if not trouble.lies_in(node) or not left.text().endswith(f".{told[1] if told else ''}"):
            continue
        sign = next(
            (one.text()[:-1] for one in node.children() if one.text().endswith("=") and len(one.text()) > 1), ""
        )
        value = f"{left.text()} {sign} {right.text()}" if node.kind() == "augmented_assignment" else right.text()
        name, field = holder.text(), left.text().rpartition(".")[2]
        if trouble.function_name == "__post_init__" and name == "self":
            fresh, guess = f'object.__setattr__(self, "{field}", {value})', ""
        elif holder.kind() == "identifier" and name != "self":
            given = re.search(rf"\breturn\b[^\n]*\b{name}\b|\byield\b[^\n]*\b{name}\b", whole)
            fresh = f"{name} = dataclasses.replace({name}, {field}={value})"
            guess = "" if given else f"who is to see the change of {name}"
        else:
            continue
        what = f"{name} is fixed, and {field} would be changed; a copy with the change takes its place"
        text = replace_node(trouble.source.text, node, fresh)
        yield tell_fix(
            trouble, text, what, ("the value that was given stays", "no log line: nothing is left out"), guess
        )
        return
