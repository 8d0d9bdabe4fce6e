"""Cuts a part of a sequence so that it ends where the sequence does: a page, or the beginning of a short text."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe, dialect_of, find_unit, put_guard
from hotfix.repair.fixers.tree import find_statement, is_plain, list_children, replace_node, starts_its_line, walk
from hotfix.repair.source import FUNCTIONS, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_SHORTER = re.compile(r"\b(?:Math\.)?min\([^\n]*(?:len\(|\.length\(\)|\.size\(\))|> len\(\w+\) \{\s*\w+ = len\(")
_AT_MOST = re.compile(r"\bat most\b|\bup to\b|\bshorter\b|\bfewer\b", re.IGNORECASE)


def fix_cuts(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard for each part that the failing line takes of a sequence up to a place beyond its end."""
    for node in trouble.nodes:
        sequence, end, length = _read_cut(node)
        if sequence is None or end is None or end.range().end.line + 1 != trouble.line or not is_plain(sequence):
            continue
        page = _clamp_page(trouble, node, sequence)
        if page is not None:
            yield page
            return
        if is_plain(end):
            most = _find_furthest(node, sequence, end)
            fix = put_guard(trouble, node, f"{length} < {most}", f"{describe(node)} is beyond the end")
            yield from (one for one in (_shorten(trouble, node, sequence, end), fix) if one is not None)


def _find_furthest(node: "SgNode", sequence: "SgNode", end: "SgNode") -> str:
    """Return the furthest end of the parts that the statement takes of a sequence, where all are plain numbers."""
    statement = find_statement(node)
    ends = [end.text()]
    for one in walk(statement) if statement is not None else ():
        taken, other, _ = _read_cut(one)
        if taken is not None and other is not None and taken.text() == sequence.text():
            ends.append(other.text())
    return max(ends, key=int) if all(one.isdigit() for one in ends) else end.text()


def _clamp_page(trouble: Trouble, node: "SgNode", sequence: "SgNode") -> Fix | None:
    """Keep a part of a list between its ends, where the function itself calculated both: a page beyond the last."""
    names = [one.text() if one is not None else "" for one in _read_ends(node)]
    text = trouble.function.text() if trouble.function is not None else ""
    own = all(re.search(rf"\b{name}\b\s*:?=(?!=)" if name.isidentifier() else r"(?!)", text) for name in names)
    statement = find_statement(node)
    if (
        not own
        or len(set(names)) != len(names)
        or statement is None
        or _counts(statement)
        or "begin" in trouble.message
    ):
        return None
    first = span_lines(statement)[0]
    line = trouble.source.lines[first - 1]
    if not starts_its_line(statement, line) or re.search(
        rf"\b(?:{'|'.join(names)})\b", text.rpartition(node.text())[2]
    ):
        return None
    start, end = names
    dialect, unit, indent = dialect_of(trouble), find_unit(trouble.source), line[: len(line) - len(line.lstrip())]
    java = trouble.source.language == "java"
    length, stop = (f"{sequence.text()}.size()", ";") if java else (f"len({sequence.text()})", "")
    rows = [*dialect.write_guard(f"{end} > {length}", [f"{end} = {length}{stop}"], unit),
            *dialect.write_guard(f"{start} > {end}", [f"{start} = {end}{stop}"], unit)]  # fmt: skip
    return Fix(
        source=replace_lines(trouble.source, first, first - 1, [indent + row for row in rows]),
        rationale=f"{describe(node)} goes beyond the end at {trouble.place}; it ends where {describe(sequence)} does.",
        measures=("what lies within is cut as before", "no log line: a last part is ordinary"),
        guess="" if _is_cut_elsewhere(trouble) else f"what is meant where {describe(sequence)} is shorter",
    )


def _is_cut_elsewhere(trouble: Trouble) -> bool:
    """Tell whether the file, or the description of the function, speaks of parts that are shorter than asked for."""
    return _SHORTER.search(trouble.elsewhere) is not None or _AT_MOST.search(describe_function(trouble)) is not None


def _counts(statement: "SgNode") -> bool:
    """Tell whether a statement stands in a loop that counts: its pages end where the count does."""
    for above in statement.ancestors():
        if above.kind() in FUNCTIONS:
            return False
        ranged = any(one.kind() == "range_clause" for one in above.named_children())
        if above.kind() in {"for_statement", "while_statement", "do_statement"} and not ranged:
            return True
    return False


def _read_ends(node: "SgNode") -> tuple["SgNode | None", "SgNode | None"]:
    """Return where a part begins and ends."""
    if node.kind() == "slice_expression":
        return node.field("start"), node.field("end")
    arguments = node.field("arguments")
    given = list_children(arguments)
    return (given[0], given[1]) if len(given) == 2 else (None, None)  # from, to


def _shorten(trouble: Trouble, node: "SgNode", sequence: "SgNode", end: "SgNode") -> Fix | None:
    """Take what there is, where the beginning of a text is taken that is shorter."""
    most, source = end.text(), trouble.source
    if source.language == "java":
        arguments = node.field("arguments")
        if (
            ".substring(" not in node.text()
            or arguments is None
            or not re.fullmatch(r"\(\s*0\s*,.*\)", arguments.text(), re.DOTALL)
        ):
            return None
        fresh = f"Math.min({most}, {sequence.text()}.length())"
        mended = source.with_text(replace_node(source.text, end, fresh))
    else:
        start, statement = node.field("start"), find_statement(node)
        if (start is not None and start.text() != "0") or node.field("end") is None or statement is None:
            return None
        line = source.lines[span_lines(statement)[0] - 1]
        if not starts_its_line(statement, line) or "end" in {one.text() for one in trouble.nodes}:
            return None
        indent = line[: len(line) - len(line.lstrip())]
        first = span_lines(statement)[0]
        held = source.with_text(replace_node(source.text, end, "end"))
        rows = [f"end := len({sequence.text()})", f"if end > {most} {{", f"\tend = {most}", "}"]
        mended = replace_lines(held, first, first - 1, [indent + row for row in rows])
    return Fix(
        source=mended,
        rationale=f"{describe(sequence)} is shorter than {most} at {trouble.place}; then all of it is taken.",
        measures=("what is long enough is cut as before", "no log line: a short text is ordinary"),
        guess="" if _is_cut_elsewhere(trouble) else f"what is meant where {describe(sequence)} is shorter",
    )


def _read_cut(node: "SgNode") -> tuple["SgNode | None", "SgNode | None", str]:
    """Return what a part is taken of, where the part ends (else begins), and how the length is asked for."""
    if node.kind() == "slice_expression":  # Go
        sequence = node.field("operand")
        return sequence, node.field("end") or node.field("start"), f"len({sequence.text()})" if sequence else ""
    name, sequence, arguments = (node.field(field) for field in ("name", "object", "arguments"))
    if (
        node.kind() == "method_invocation"
        and name is not None
        and name.text() in {"substring", "subList"}
        and sequence
        and arguments
    ):
        length = "length" if name.text() == "substring" else "size"
        return sequence, arguments.named_children()[-1], f"{sequence.text()}.{length}()"
    return None, None, ""
