"""Takes a default for what is there and blank, as for what is missing (Python, JavaScript)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, replace_nodes, tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_BLANK = re.compile(
    r"with base 10: ''|to float: ''|ConversionSyntax|not '?NoneType'?\b|NoneType|Invalid isoformat string: ''"
)
_OF_NULL = re.compile(r"of null \(reading|null \(reading|of null$|null is not iterable|from null|'null' as it is null")


def fix_blank(trouble: Trouble) -> Iterator[Fix]:
    """Yield the default of a lookup for a blank value too, at the failing line."""
    if trouble.source.language == "python":
        yield from _fix_python(trouble)
    elif trouble.exception == "TypeError" and _OF_NULL.search(trouble.message):
        yield from _fix_script(trouble)


def _fix_python(trouble: Trouble) -> Iterator[Fix]:
    if trouble.exception not in {"ValueError", "TypeError", "InvalidOperation", "AttributeError"}:
        return
    for call in list_calls(trouble) if _BLANK.search(trouble.message) else ():
        lookup = call.name in {"get", "getenv"} and len(call.given) == 2
        parent = call.node.parent()
        taken = parent is not None and parent.kind() in {"argument_list", "attribute", "subscript", "for_in_clause",
                                                         "for_statement", "binary_operator"}  # fmt: skip
        default = call.given[1].text() if lookup else ""
        if not lookup or not taken or default == "None":
            continue
        fresh = f"{call.called}({call.given[0].text()}) or {default}"
        bare = parent is not None and parent.kind() in {"argument_list", "for_statement", "for_in_clause"}
        text = replace_node(trouble.source.text, call.node, fresh if bare else f"({fresh})")
        what = f"{describe(call.given[0])} can be there and hold nothing; then its default is taken as well"
        yield tell_fix(
            trouble, text, what, ("what holds something is read as before", "no log line: a default is ordinary")
        )


def _fix_script(trouble: Trouble) -> Iterator[Fix]:
    """Take the default of a destructuring, which stands for undefined alone, for null too."""
    names = set(re.findall(r"\w+", trouble.source.lines[trouble.line - 1]))
    for node in trouble.nodes:
        parts = list_children(node) if node.kind() == "object_assignment_pattern" else []
        declared = next((above for above in node.ancestors() if above.kind() == "variable_declarator"), None)
        value = declared.field("value") if declared is not None else None
        if len(parts) != 2 or parts[0].text() not in names or value is None or declared is None:
            continue
        name, default = parts[0].text(), parts[1].text()
        pattern = declared.field("name")
        if pattern is None or len(pattern.named_children()) != 1:
            continue
        text = replace_nodes(trouble.source.text, [(pattern, name), (value, f"{value.text()}.{name} ?? {default}")])
        what = f"{name} can be null, for which the default of a destructuring does not stand; now it does"
        yield tell_fix(trouble, text, what, ("what is there is taken as before", "no log line: a default is ordinary"))
        return
