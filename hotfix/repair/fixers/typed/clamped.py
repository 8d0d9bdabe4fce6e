"""Takes nothing where a count comes out negative: blanks that fill up, a wait that is over, room that is reserved."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import find_statement, list_children, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = {
    "count is negative": "repeat",
    "negative Repeat count": "Repeat",
    "timeout value is negative": "sleep",
    "Illegal Capacity": "ArrayList",
    "Illegal initial capacity": "HashMap",
    "cap out of range": "make",
}
"""What the message says → the call that takes the count."""


_CUT = re.compile(r"(\w+)\.length\(\) - (\d+)")
_OVERFLOWN = 2**30
"""A negative number as far from zero as this comes of a number that was too large."""


def fix_clamped(trouble: Trouble) -> Iterator[Fix]:
    """Yield zero for a count that is negative, where the call does nothing then."""
    yield from _fix_cut_off(trouble)
    called = next((name for words, name in _TOLD.items() if words in trouble.message), None)
    for node in trouble.nodes if called else ():
        given = list_children(node.field("arguments"))
        name = node.field("name") or node.field("function") or node.field("type")
        if not given or name is None or not trouble.lies_in(node):
            continue
        if re.sub(r"<.*>", "", name.text()).rpartition(".")[2] != called or given[-1].text().isdigit():
            continue
        count = given[0] if called == "sleep" else given[-1]
        said = re.search(r"-(\d+)", trouble.message)
        if not _is_difference(trouble, count) or (said is not None and int(said[1]) >= _OVERFLOWN):
            continue
        if trouble.source.language == "java":
            mended = trouble.source.with_text(replace_node(trouble.source.text, count, f"Math.max(0, {count.text()})"))
        else:
            statement = find_statement(node)
            line = trouble.source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
            if (
                statement is None
                or not starts_its_line(statement, line)
                or re.search(r"\bcount\b", trouble.source.text)
            ):
                continue
            first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
            held = trouble.source.with_text(replace_node(trouble.source.text, count, "count"))
            rows = [f"count := {count.text()}", "if count < 0 {", f"{find_unit(trouble.source)}count = 0", "}"]
            mended = replace_lines(held, first, first - 1, [indent + row for row in rows])
        yield Fix(
            source=mended,
            rationale=f"{describe(count)} is negative at {trouble.place}; then it is nothing.",
            measures=("what is not negative is as before", "no log line: nothing to fill or to wait for is ordinary"),
        )


def _is_difference(trouble: Trouble, count: "SgNode") -> bool:
    """Tell whether a count is what is left of something: a difference, or a name that is given one once."""
    node, held = (
        count,
        [one for one in trouble.nodes if one.field("value") is not None or one.field("right") is not None],
    )
    if count.kind() == "identifier":
        names = [one.field("name") or one.field("left") for one in held]
        given = [one for one, name in zip(held, names, strict=True) if name is not None and name.text() == count.text()
                 and one.kind() != "binary_expression"]  # fmt: skip
        value = given[0].field("value") or given[0].field("right") if len(given) == 1 else None
        if value is None:
            return False
        node = value
    while node.kind() in {"parenthesized_expression", "cast_expression", "expression_list"}:
        node = node.field("value") or list_children(node)[-1]
    sign = node.field("operator")
    return node.kind() == "binary_expression" and sign is not None and sign.text() == "-"


def _fix_cut_off(trouble: Trouble) -> Iterator[Fix]:
    """Yield nothing for an end before the beginning, where a last separator is cut off a text (Java)."""
    if trouble.exception != "StringIndexOutOfBoundsException" or not re.search(r"-\d", trouble.message):
        return
    for node in trouble.nodes:
        name, given = node.field("name"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or not given or not trouble.lies_in(node):
            continue
        cuts = name.text() == "setLength" or (name.text() == "substring" and given[0].text() == "0")
        cut = _CUT.fullmatch(given[-1].text())
        if not cuts or cut is None or not re.search(rf"-{cut[2]}\b", trouble.message):
            continue
        end = given[-1]
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, end, f"Math.max(0, {end.text()})")),
            rationale=f"{describe(end)} is negative for an empty text ({trouble.place}); it stays empty then.",
            measures=("what is long enough is cut as before", "no log line: an empty text is ordinary"),
        )
