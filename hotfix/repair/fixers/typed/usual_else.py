"""Takes what other code takes where an Optional is empty (Java): the same value, in place of an error."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_MAPPED = r"(?<![\w.]){1}\([^()\n]*\)\.map\((\w+::{0}|(\w+) -> \2\.{0}\(\))\)\.orElse\(([^()\n]+)\)"
_CALLED = r"(?<![\w.]){0}\((?:[^()\n]*)\)\.orElse\(([^()\n]+)\)"


def fix_usual_else(trouble: Trouble) -> Iterator[Fix]:
    """Yield the value of other code, for the Optional that the failing line opens."""
    if trouble.exception != "NoSuchElementException" or trouble.message != "No value present":
        return
    for node in trouble.nodes:
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or given or not trouble.lies_in(node):
            continue
        if name.text() not in {"get", "orElseThrow"}:
            continue
        outer = node.parent()
        member = outer.field("name") if outer is not None and outer.kind() == "method_invocation" else None
        called = re.match(r"(?:this\.)?(\w+)\(", _find_value(trouble, holder.text()))
        mapped = (
            set(re.findall(_MAPPED.format(member.text(), called[1]), trouble.elsewhere)) if member and called else set()
        )
        direct = set(re.findall(_CALLED.format(called[1]), trouble.elsewhere)) if called is not None else set()
        if len(mapped) == 1 and outer is not None and not list_children(outer.field("arguments")):
            how, _, value = mapped.pop()
            target, fresh = outer, f"{holder.text()}.map({how}).orElse({value})"
        elif len(direct) == 1:
            value = direct.pop()
            target, fresh = node, f"{holder.text()}.orElse({value})"
        else:
            continue
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, target, fresh)),
            rationale=f"{describe(holder)} can be empty at {trouble.place}; then it is {value}, as elsewhere.",
            measures=("what is there is taken as before", "no log line: the value is ordinary elsewhere"),
            guess="" if name.text() == "get" else f"what is meant where {describe(holder)} is empty",
        )


def _find_value(trouble: Trouble, name: str) -> str:
    """Return what a variable of the function that failed is given, where that is one thing; else the name."""
    given = [one.field("value") for one in trouble.nodes if (named := one.field("name")) is not None
             and one.kind() == "variable_declarator" and named.text() == name]  # fmt: skip
    return given[0].text() if len(given) == 1 and given[0] is not None else name
