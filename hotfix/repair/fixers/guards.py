"""Writes a guard before the statement that failed, or a default in its place, with a line in the log."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.repair.fixers.callers import needs_result
from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dialects import DIALECTS, Dialect
from hotfix.repair.fixers.grounds import find_described_exit, find_ground, find_own_exit
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.precedents import find_loop_ground, find_sibling_exit
from hotfix.repair.fixers.refusals import find_refusal
from hotfix.repair.fixers.tree import find_loop, find_statement, list_names, starts_its_line
from hotfix.repair.source import Source, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode


_PAST_END = re.compile(
    r"([\w.]+)\[(?:len\(\1\)|\1\.length)\]|([\w.]+)\.get\(\2\.size\(\)\)|([\w.]+)\.charAt\(\3\.length\(\)\)"
)
"""An item behind the last: a guard would always leave."""

_MISSING = "value is missing"  # what an error says, until a guard knows better


@dataclass(frozen=True)
class WayOut:
    """How a guard leaves."""

    statement: str
    means: str  # in words
    ground: str  # what in the code speaks for it, as half a sentence; empty: nothing does, it is a guess
    refuses: bool = False  # a request is answered as a bad one


def dialect_of(trouble: Trouble) -> Dialect:
    """Return how the language of the file writes things."""
    return DIALECTS[trouble.source.language or ""]


def find_way_out(trouble: Trouble, node: "SgNode", of: "SgNode | None" = None) -> WayOut | None:
    """Return how to leave before a node is reached; ``of``: what is missing, empty or zero, where that is another.

    As a handler refuses, as another function of the file leaves where it asks the same, past the item of a loop, by an
    error that callers handle, or by a return.
    """
    refusal = find_refusal(trouble, node)
    if refusal is not None:
        return WayOut(refusal, "the request is refused as a bad one", "as a handler does", refuses=True)
    loop = find_loop(node)
    of_item = loop is not None and bool(list_names(node) & _list_loop_names(loop))
    sibling = find_sibling_exit(trouble, of or node)
    if sibling is not None and not (of_item and sibling.statement.startswith("return")):
        return WayOut(sibling.statement, _say_exit(trouble, sibling.statement), f"as in {sibling.by}")
    if loop is not None and of_item:
        end = "" if trouble.source.language in {"python", "go"} else ";"
        return WayOut(f"continue{end}", "that item is left out", find_loop_ground(trouble, node, loop))
    handled = _find_handled(trouble)
    if handled is not None:
        return WayOut(handled, "an error is raised that callers handle", "as callers expect")
    described = find_described_exit(trouble)
    back = described or find_own_exit(trouble.function) or dialect_of(trouble).find_return(trouble)
    if back is None or (_is_nothing(back) and needs_result(trouble)):
        return None  # the error would only move to the caller
    return WayOut(back, _say_exit(trouble, back), find_ground(trouble, back))


def _is_nothing(statement: str) -> bool:
    return statement.removeprefix("return").strip(" ;") in {"None", "null", "undefined"}


def _say_exit(trouble: Trouble, statement: str) -> str:
    """Return in words what leaving by a statement means."""
    value, name = statement.removeprefix("return").strip(" ;"), trouble.function_name or "the function"
    if not statement.startswith("return"):
        return "an error is raised"
    made = re.search(r"\b(?:fmt\.Errorf|errors\.New)\(", value)
    return f"{name} gives an error" if made else f"{name} gives {value}" if value else "nothing is done for it"


def put_guard(trouble: Trouble, node: "SgNode", condition: str, what: str, of: "SgNode | None" = None) -> Fix | None:
    """Return the file with a guard before the statement that a node is part of; None where no guard can stand.

    Args:
        trouble: where it failed.
        node: what failed.
        condition: when it would fail, in the language of the file.
        what: in words, the same: "order is missing".
        of: what is missing, empty or zero, where that is not the node.
    """
    statement = find_statement(node)
    way_out = find_way_out(trouble, node, of)
    if statement is None or way_out is None or _PAST_END.search(node.text()):
        return None
    first, _ = span_lines(statement)
    line = trouble.source.lines[first - 1]
    if not starts_its_line(statement, line):
        return None
    return _insert(trouble, first, condition, what, way_out)


def _insert(trouble: Trouble, first: int, condition: str, what: str, way_out: WayOut) -> Fix:
    dialect, source = dialect_of(trouble), trouble.source
    line = source.lines[first - 1]
    indent = line[: len(line) - len(line.lstrip())]
    where = f" in {trouble.function_name}" if trouble.function_name else ""
    log = dialect.write_log(source, f"{what}{where}: {way_out.means}")
    leaving = way_out.statement.replace(_MISSING, _unquote(what, way_out.statement)).split("\n")
    body = [log, *leaving] if log else leaving
    fresh = [indent + row for row in dialect.write_guard(condition, body, find_unit(source))]
    mended, imports = bring_in(replace_lines(source, first, first - 1, fresh), body)
    return Fix(
        source=mended,
        rationale=f"At {source.path}:{trouble.line} {what}{where}; where it is so, "
        f"{', '.join(said for said in (way_out.means, way_out.ground) if said)}.",
        measures=(
            f"guard before line {first}",
            "logs a warning there" if log else "no log line: the file has no logger",
        ),
        imports=imports,
        guess="" if way_out.ground else f"what is meant where {what}{where}",
    )


def _unquote(what: str, statement: str) -> str:
    """Return a text so that it can stand between the quotes of a statement, and in a format."""
    quote = max("'\"", key=statement.partition(_MISSING)[0].rfind)
    plain = what.replace(quote, "`" if quote == "'" else "'").replace("\\", "/")
    return plain.replace("%", "percent") if "Errorf" in statement else plain


def find_unit(source: Source) -> str:
    """Return one step of indentation as the file writes it."""
    rows = [line for line in source.lines if line.strip() and line[0] in " \t"]
    if any(row.startswith("\t") for row in rows):
        return "\t"
    widths = [len(row) - len(row.lstrip(" ")) for row in rows]
    steps = [right - left for left, right in zip([0, *widths], widths, strict=False) if right > left]
    likely = [step for step in steps if step in {2, 4, 8}]
    return " " * (max(set(likely), key=likely.count) if likely else 4)


def _list_loop_names(loop: "SgNode") -> set[str]:
    """Return what a loop gives its items the name of, and what is made of them in its body."""
    head = loop.field("left") or loop.field("name")
    if head is None:
        clause = [one for one in loop.named_children() if one.kind() == "range_clause"]
        head = clause[0].field("left") if clause else None
    names = list_names(head) if head is not None else set()
    for found in re.finditer(r"(?:const |let |var |\b[A-Z]\w* )?(\w+)\s*:?=(?!=)\s*(.+)", loop.text()):
        if names & set(re.findall(r"\w+", found[2])):
            names.add(found[1])
    return names


def _find_handled(trouble: Trouble) -> str | None:
    """Return a statement that raises an error of this file which a caller of the function catches, or None."""
    name = trouble.function_name
    if trouble.source.language != "python" or not name:
        return None
    own = set(re.findall(r"^class (\w+)\((?:\w*Exception|\w*Error)\):", trouble.source.text, re.MULTILINE))
    for source in trouble.sources.values():
        for found in re.finditer(rf"\b{re.escape(name)}\(", source.text):
            after = source.text[found.end() : found.end() + 600]
            caught = re.search(r"except \(?([\w., ]+)\)?", after)
            hit = own & {part.rpartition(".")[2].strip() for part in caught[1].split(",")} if caught else set()
            if hit:
                return f'raise {hit.pop()}("{name}: {_MISSING}")'
    return None


def describe(node: "SgNode") -> str:
    """Return a node as it reads in a sentence and a log line: one line, not too long."""
    text = re.sub(r"\s+", " ", node.text())
    return text if len(text) <= 60 else f"{text[:57]}..."
