"""Keeps a counting loop within what it goes over: a step too far, a neighbour beyond the end, a shorter last part."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_around
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import find_statement, is_plain, key, replace_node, starts_its_line, walk
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_EXCEPTIONS = frozenset(
    {"IndexOutOfBoundsException", "ArrayIndexOutOfBoundsException", "StringIndexOutOfBoundsException", "panic",
     "IndexError", "TypeError"}
)  # fmt: skip
_TOLD = re.compile(r"out of (?:bounds|range)|^toIndex = |of undefined \(|^[iI]ndex:? \d+")
_LENGTH = r"(?P<of>[\w.]+?(?:\(\))?)\.(?:length|size)(?:\(\))?|len\((?P<go>[\w.]+)\)"
_FULL = re.compile(rf"(?:{_LENGTH})")
_COMPARING = frozenset({"binary_expression", "binary_operator", "comparison_operator", "method_invocation"})
_ACTS = frozenset({"expression_statement", "assignment_statement", "short_var_declaration", "inc_statement",
                   "dec_statement", "local_variable_declaration", "var_declaration"})  # fmt: skip
_LAST = re.compile(
    r"(?:^|_)(?:last|latest|newest|final|tail|top|peek|end)|\b(?:last|latest|newest|final|most recent)\b", re.IGNORECASE
)


def fix_loop_end(trouble: Trouble) -> Iterator[Fix]:
    """Yield a loop that ends with what it goes over, or a last part that does."""
    if trouble.exception not in _EXCEPTIONS or not _TOLD.search(trouble.message) or trouble.function is None:
        return
    for loop in trouble.nodes:
        if loop.kind() in {"for_statement", "while_statement"} and trouble.lies_in(loop):
            yield from _fix_loop(trouble, loop)
    yield from _fix_last(trouble)


def _fix_loop(trouble: Trouble, loop: "SgNode") -> Iterator[Fix]:
    body = loop.field("body")
    head = trouble.source.text[key(loop)[0] : key(body)[0]] if body is not None else ""
    taken = "\n".join(trouble.source.lines[number - 1] for number in [trouble.line])
    backwards = _go_backwards(trouble, loop, head)
    if backwards is not None:
        yield backwards
        return
    counted = re.search(r"\b(?P<name>\w+)\s*(?P<sign><=?)\s*(?P<end>[^;{)]+(?:\(\))?(?:[^;{)]*\))?)", head)
    if counted is not None:
        name, end = counted["name"], counted["end"].strip()
        whole = _FULL.fullmatch(end)
        of = re.escape((whole["of"] or whole["go"]).removeprefix("this.")) if whole is not None else r"(?!)"
        used = re.search(rf"\b{of}(?:\.\w+\(|\[)\s*{name}\s*[\])]", taken)
        after = re.search(rf"\b{of}(?:\.\w+\(|\[)\s*{name}\s*\+\s*(\d+)\s*[\])]", taken)
        ahead = re.findall(rf"(?:\.\w+\(|\[)\s*{name}\s*\+\s*\d+\s*[\])]", taken)
        if counted["sign"] == "<=" and whole is not None and used is not None:
            yield _write(trouble, key(loop)[0] + counted.start("sign"), "<=", "<")
        elif counted["sign"] == "<" and after is not None and len(ahead) == 1:
            fix = _write(trouble, key(loop)[0] + counted.start("end"), end, f"{end} - {after[1]}")
            yield replace(fix, guess="" if body and _takes_pairs(body, name) else "what is meant for the last one")
        cut = _find_cut(trouble, name, whole)
        if cut is not None:
            clamped = _clamp(trouble, *cut)
            yield from [clamped] if clamped is not None else []
    down = re.search(rf"\b(?P<name>\w+)\s*:?=\s*(?P<start>{_LENGTH})\s*;\s*(?P=name)\s*>=\s*0\b", head)
    fallen = re.escape(down["of"] or down["go"]) if down is not None else r"(?!)"
    if down is not None and re.search(rf"\b{fallen}(?:\.\w+\(|\[)\s*{down['name']}\s*[\])]", taken):
        yield _write(trouble, key(loop)[0] + down.start("start"), down["start"], f"{down['start']} - 1")


def _takes_pairs(body: "SgNode", name: str) -> bool:
    """Tell whether a loop takes each item only to compare it with the next, so that the last has nothing to do."""
    ahead = re.compile(rf"\b{name}\s*\+\s*\d")
    for node in walk(body):
        above = node.parent()
        if node.kind() != "identifier" or node.text() != name or (above is not None and ahead.match(above.text())):
            continue
        pairs = [one for one in node.ancestors() if key(body)[0] <= key(one)[0] and key(one)[1] <= key(body)[1]
                 and one.kind() in _COMPARING and ahead.search(one.text())
                 and not re.search(r"&&|\|\||\band\b|\bor\b", one.text())]  # fmt: skip
        if not any(_compares(one) for one in pairs):
            return False
    return True


def _compares(node: "SgNode") -> bool:
    """Tell whether a node compares two values, or takes one from the other."""
    sign, called = node.field("operator") or node.field("operators"), node.field("name")
    if sign is not None:
        return sign.text() in {"-", "<", ">", "<=", ">=", "==", "!=", "===", "!=="}
    return called is not None and called.text() in {"equals", "compareTo", "compare", "isBefore", "isAfter", "between"}


def _go_backwards(trouble: Trouble, loop: "SgNode", head: str) -> Fix | None:
    """Return the loop from the end on, where it takes items out of the list that it counts through."""
    java = re.match(r"for \(int (?P<name>\w+) = 0(?:, \w+ = [^;]+)?; [^;]+; (?:(?P=name)\+\+|\+\+(?P=name))\) ", head)
    golang = re.match(r"for (?P<name>\w+) := range (?P<of>\w+) ", head)
    counted = re.match(r"for (?P<name>\w+) := 0; [^;]+; (?P=name)\+\+ ", head)
    found = java or golang or counted
    if found is None:
        return None
    name, text = found["name"], loop.text()
    taken = re.search(rf"(\w+)\.remove\({name}\)|(\w+) = append\((\w+)\[:{name}\], \3\[{name} ?\+ ?1:\]\.\.\.\)", text)
    if taken is None:
        return None
    of = taken[1] or taken[2]
    fresh = (
        f"for (int {name} = {of}.size() - 1; {name} >= 0; {name}--) "
        if java
        else f"for {name} := len({of}) - 1; {name} >= 0; {name}-- "
    )
    acts = [one for one in walk(loop) if one.kind() in _ACTS and key(one)[0] >= key(loop)[0] + len(found[0])]
    guess = "" if len(acts) == 1 else "in which order the others are meant to be done"
    return replace(_write(trouble, key(loop)[0], found[0], fresh), guess=guess)


def _write(trouble: Trouble, start: int, old: str, new: str) -> Fix:
    text = trouble.source.text
    return Fix(
        source=trouble.source.with_text(text[:start] + new + text[start + len(old) :]),
        rationale=f"The loop goes one step too far at {trouble.place}: {old} is {new} now.",
        measures=("all steps before are as they were", "no log line: there is nothing beyond the end"),
    )


def _find_cut(trouble: Trouble, name: str, whole: "re.Match[str] | None") -> tuple["SgNode", "SgNode", str] | None:
    """Return a part that begins where the loop is and ends a step later, its end, and how long its sequence is."""
    for node in trouble.nodes if whole is not None else ():
        if not trouble.lies_in(node):
            continue
        start, end, sequence = node.field("start"), node.field("end"), node.field("operand")
        if node.kind() == "method_invocation":
            called, arguments = node.field("name"), node.field("arguments")
            given = arguments.named_children() if arguments is not None else []
            if called is None or called.text() not in {"subList", "substring"} or len(given) != 2:
                continue
            start, end, sequence = given[0], given[1], node.field("object")
        elif node.kind() != "slice_expression":
            continue
        if start is None or end is None or sequence is None or start.text() != name or not is_plain(end):
            continue
        counts = whole is not None and sequence.text() == (whole["of"] or whole["go"])
        if whole is not None and counts and re.search(rf"\b{name}\b\s*\+", end.text()):
            return node, end, whole[0]
    return None


def _clamp(trouble: Trouble, node: "SgNode", end: "SgNode", length: str) -> Fix | None:
    source, statement = trouble.source, find_statement(node)
    if source.language == "java":
        mended = source.with_text(replace_node(source.text, end, f"Math.min({end.text()}, {length})"))
    else:
        line = source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
        if statement is None or not starts_its_line(statement, line) or re.search(r"\bend\b", source.text):
            return None
        indent, first = line[: len(line) - len(line.lstrip())], span_lines(statement)[0]
        held = source.with_text(replace_node(source.text, end, "end"))
        rows = [f"end := {end.text()}", f"if end > {length} {{", f"\tend = {length}", "}"]
        mended = replace_lines(held, first, first - 1, [indent + row for row in rows])
    return Fix(
        source=mended,
        rationale=f"The last part is shorter than {describe(end)} at {trouble.place}; it ends with the rest.",
        measures=("all parts before are as they were", "no log line: a shorter last part is ordinary"),
    )


def _fix_last(trouble: Trouble) -> Iterator[Fix]:
    """Yield the last item where the one behind it is taken, and the function speaks of a last one."""
    said = _LAST.search(trouble.function_name) or _LAST.search(describe_around(trouble))
    for node in trouble.nodes if said else ():
        index = node.field("index") or node.field("subscript")
        called, arguments = node.field("name"), node.field("arguments")
        if (
            node.kind() == "method_invocation"
            and called is not None
            and called.text() in {"get", "charAt"}
            and arguments
        ):
            index = next(iter(arguments.named_children()), None)
        length = _FULL.fullmatch(index.text()) if index is not None else None
        if index is None or length is None or not trouble.lies_in(node):
            continue
        if not node.text().startswith((f"{length['of'] or length['go']}.", f"{length['of'] or length['go']}[")):
            continue
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, index, f"{index.text()} - 1")),
            rationale=f"{describe(node)} is behind the last item ({trouble.place}); now it is the last one.",
            measures=("the function speaks of the last one", "no log line: what is taken is there"),
        )
        return
