"""Takes a text whole where the mark is not in it up to which it is cut, as a description says (Java, Go)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_around, say_type
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, list_children, starts_its_line, walk
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_BEGIN = re.compile(r"\bbegin -1\b|slice bounds out of range \[-1:")
_END = re.compile(r"\bbegin \d+, end -1\b|slice bounds out of range \[:-1\]")
_CUTTING = re.compile(r"\.substring\(|\[[^\]]*:")
_EITHER = re.compile(r"\b(?:index|range:) -1\b")
_WITHOUT = re.compile(r"\b(?:without|no|none|not|missing|lacks?|otherwise|else|only|neither)\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"\b(?:whole|itself|of its own|all of it|as it is|unchanged|the (?:name|text|value|line|code|path) is|kept)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\b(?:empty|nothing|blank)\b", re.IGNORECASE)


def fix_before_mark(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard that gives the text whole, or an empty one, where the mark is not in it."""
    if trouble.source.language not in {"java", "go"} or trouble.function is None:
        return
    marks = {found for node in trouble.nodes if (found := _read_cut(trouble, node)) is not None}
    statement = next((one for node in trouble.nodes if node.kind() == "return_statement" and trouble.lies_in(node)
                      and (one := find_statement(node))), None)  # fmt: skip
    if len(marks) != 1 or statement is None or say_type(trouble.function) not in {"String", "string"}:
        return
    text, index = marks.pop()
    condition, end = f"{index} < 0", ";" if trouble.source.language == "java" else ""
    clause = next((one for one in re.split(r"[;.](?!\d)|,", describe_around(trouble)) if _WITHOUT.search(one)
                   and (_WHOLE.search(one) or _EMPTY.search(one))), "")  # fmt: skip
    sums = any(node.kind() == "binary_expression" and text in node.text() and _CUTTING.search(node.text())
               for node in walk(statement))  # fmt: skip
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
        guess="" if clause and not sums else f"what is meant where {text} has no such mark",
    )


def _read_cut(trouble: Trouble, node: "SgNode") -> tuple[str, str] | None:
    """Return a text that is cut in the failing line, and the place of a mark in it that the message says is -1."""
    name, holder = node.field("name"), node.field("object") or node.field("operand")
    begin, end = node.field("start"), node.field("end")
    if node.kind() == "method_invocation" and name is not None and name.text() == "substring":
        given = list_children(node.field("arguments"))
        begin, end = given[0] if given else None, given[1] if len(given) > 1 else None
    elif node.kind() != "slice_expression":
        return None
    if holder is None or not trouble.lies_in(node) or not is_plain(holder):
        return None
    if _EITHER.search(trouble.message):
        lacking = begin if end is None else end if begin is None or begin.text() == "0" else None
    else:
        told = {"begin": bool(_BEGIN.search(trouble.message)), "end": bool(_END.search(trouble.message))}
        lacking = begin if told["begin"] else end if told["end"] else None
    if lacking is None or trouble.function is None:
        return None
    text = re.escape(holder.text())
    found = rf"(?:{text}\.(?:indexOf|lastIndexOf)\([^()]+\)|strings\.(?:Last)?Index\w*\({text}, [^()]+\))"
    index, own = lacking.text(), trouble.function.text()
    held = re.findall(rf"(?<![\w.]){re.escape(index)}\b *:?(?:=(?!=)|[-+]=) *([^;\n]+)", own)
    named = re.fullmatch(r"\w+", index) and len(held) == 1 and re.fullmatch(found, held[0].strip())
    return (holder.text(), index) if named or re.fullmatch(found, index) else None
