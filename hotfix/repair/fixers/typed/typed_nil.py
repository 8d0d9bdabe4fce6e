"""Gives a plain nil where a function gives a nil pointer as an error (Go): that one is not nil to who asks."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.gotypes import GoTypes, list_types
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, starts_its_line, walk
from hotfix.repair.source import list_functions, name_function, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def fix_typed_nil(trouble: Trouble) -> Iterator[Fix]:
    """Yield the question for nil before a pointer is given as an error, in what the failing function calls."""
    if trouble.source.language != "go" or trouble.function is None:
        return
    if "nil pointer" not in trouble.message and trouble.passing != "panic":
        return
    types = GoTypes(trouble.sources.values(), trouble.source.path)
    for function in list_functions(trouble.source):
        result = function.field("result")
        kinds = list_types(result) if result is not None else []
        called = re.search(rf"\b{re.escape(name_function(function))}\(", trouble.function.text())
        if not kinds or kinds[-1] != "error" or called is None:
            continue
        for node in walk(function):
            fix = _ask(trouble, node, types) if node.kind() == "return_statement" else None
            if fix is not None:
                yield fix


def _ask(trouble: Trouble, node: "SgNode", types: GoTypes) -> Fix | None:
    listed = next(iter(node.named_children()), None)
    given = list_children(listed) if listed is not None and listed.kind() == "expression_list" else []
    kind = types.tell(given[-1]) if given else None
    first, last = span_lines(node)
    line = trouble.source.lines[first - 1]
    if len(given) != 1 or kind is None or not kind.startswith("*") or first != last or not starts_its_line(node, line):
        return None
    if given[0].text().startswith("&"):
        return None
    indent, value = line[: len(line) - len(line.lstrip())], given[0].text()
    name = "failure" if "(" in value else value
    head = f"if {name} := {value}; {name} != nil {{" if name != value else f"if {value} != nil {{"
    rows = [head, f"\treturn {name}", "}", "return nil"]
    return Fix(
        source=replace_lines(trouble.source, first, last, [indent + row for row in rows]),
        rationale=f"{describe(given[0])} is a nil pointer where nothing is wrong, but as an error it is not nil "
        f"({trouble.place}); now nil is given then.",
        measures=("real errors are given as before", "no log line: nothing is wrong then"),
    )
