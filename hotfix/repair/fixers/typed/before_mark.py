"""Takes a text whole where the mark is not in it up to which it is cut, as a description says (Java, Go)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_around
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"\b(?:begin \d+, end -1|begin -1|index -1|range: -1|slice bounds out of range \[:?-1)")
_WITHOUT = re.compile(r"\b(?:without|no|none|not|missing|lacks?|otherwise|else|only|neither)\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"\b(?:whole|itself|of its own|all of it|as it is|unchanged|the (?:name|text|value|line|code|path) is|kept)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\b(?:empty|nothing|blank)\b", re.IGNORECASE)


def fix_before_mark(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard that gives the text whole, or an empty one, where the mark is not in it."""
    if not _TOLD.search(trouble.message) or trouble.source.language not in {"java", "go"} or trouble.function is None:
        return
    text = next((text for node in trouble.nodes if (text := _read_cut(trouble, node))), "")
    clause = next((one for one in re.split(r"[;.](?!\d)|,", describe_around(trouble)) if _WITHOUT.search(one)
                   and (_WHOLE.search(one) or _EMPTY.search(one))), "")  # fmt: skip
    statement = next((one for node in trouble.nodes if node.kind() == "return_statement" and trouble.lies_in(node)
                      and (one := find_statement(node))), None)  # fmt: skip
    mark = next((found for found in re.finditer(r"(\w+)\.(?:indexOf|lastIndexOf)\(([^()]+)\)", trouble.function.text())
                 if found[1] == text), None)  # fmt: skip
    golang = re.search(rf"strings\.(?:Index\w*|LastIndex\w*)\({re.escape(text)}, ([^()]+)\)", trouble.function.text())
    if not text or statement is None or not (mark or golang):
        return
    if trouble.source.language == "go" and golang is not None:
        condition, end = f"{golang[0]} < 0", ""
    elif mark is not None:
        condition, end = f"{mark[0]} < 0", ";"
    else:
        return
    first = span_lines(statement)[0]
    line = trouble.source.lines[first - 1]
    if not starts_its_line(statement, line):
        return
    value = text if not clause or _WHOLE.search(clause) else '""'
    indent, unit = line[: len(line) - len(line.lstrip())], find_unit(trouble.source)
    head = f"if {condition} {{" if not end else f"if ({condition}) {{"
    rows = [head, f"{unit}return {value}{end}", "}"]
    yield Fix(
        source=replace_lines(trouble.source, first, first - 1, [indent + row for row in rows]),
        rationale=f"{text} has no such mark at {trouble.place}; then {value} is given"
        f"{', as the description says' if clause else ''}.",
        measures=("a text with the mark is cut as before", "no log line: a text without it is ordinary"),
        guess="" if clause else f"what is meant where {text} has no such mark",
    )


def _read_cut(trouble: Trouble, node: "SgNode") -> str:
    """Return the text that a node of the failing line cuts a part of."""
    if not trouble.lies_in(node):
        return ""
    name, holder = node.field("name"), node.field("object") or node.field("operand")
    cuts = node.kind() == "slice_expression" or (
        node.kind() == "method_invocation" and name is not None and name.text() == "substring"
    )
    return holder.text() if cuts and holder is not None and is_plain(holder) else ""
