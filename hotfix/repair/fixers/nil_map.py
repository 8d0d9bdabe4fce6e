"""Makes a map before something is put into it (Go): reading a nil map is harmless, writing to it panics."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dialects.go import list_packages
from hotfix.repair.fixers.gotypes import GoTypes
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def fix_nil_map(trouble: Trouble) -> Iterator[Fix]:
    """Yield the making of the map that the failing line writes to, where its type is known and the caller sees it."""
    if trouble.exception != "panic" or "nil map" not in trouble.message or trouble.source.language != "go":
        return
    types = GoTypes(trouble.sources.values(), trouble.source.path)
    for node in trouble.nodes:
        store = node.field("operand") if node.kind() == "index_expression" else None
        if store is None or node.range().start.line + 1 != trouble.line or not _is_written(node):
            continue
        kind = types.tell(store)
        if kind and types.see_through(kind).startswith("map[") and is_plain(store) and _lasts(trouble, store):
            fix = _make(trouble, store, kind)
            if fix is not None:
                yield fix


def _is_written(node: "SgNode") -> bool:
    """Tell whether an item stands on the left of an assignment, or is counted up or down."""
    for above in node.ancestors():
        if above.kind() in {"inc_statement", "dec_statement"}:
            return True
        if above.kind() == "assignment_statement":
            left = above.field("left")
            return left is not None and node.range().end.index <= left.range().end.index
    return False


def _lasts(trouble: Trouble, store: "SgNode") -> bool:
    """Tell whether a map that is put there is still there afterwards: not in a parameter, nor in a copied receiver."""
    name = re.split(r"\W", store.text(), maxsplit=1)[0]
    receiver, parameters = (
        trouble.function.field(field) if trouble.function is not None else None for field in ("receiver", "parameters")
    )
    if receiver is not None and re.match(rf"\(\s*{name}\s+(?!\*)", receiver.text()):
        return "[" in store.text()
    given = parameters is not None and re.search(rf"\b{name}\b(?:\s*,\s*\w+)*\s+(?!\*)\S", parameters.text())
    return not given or "[" in store.text()


def _make(trouble: Trouble, store: "SgNode", kind: str) -> Fix | None:
    statement, source = find_statement(store), trouble.source
    if statement is None or not set(re.findall(r"\b(\w+)\.", kind)) <= list_packages(source):
        return None
    first = span_lines(statement)[0]
    line = source.lines[first - 1]
    if not starts_its_line(statement, line):
        return None
    indent, made = line[: len(line) - len(line.lstrip())], f"{store.text()} = make({kind})"
    fresh = [f"{indent}if {store.text()} == nil {{", f"{indent}{find_unit(source)}{made}", f"{indent}}}"]
    return Fix(
        source=replace_lines(source, first, first - 1, fresh),
        rationale=f"{describe(store)} is written to before it is made ({trouble.place}); it is made when first needed.",
        measures=(f"guard before line {first}", "no log line: an empty map is ordinary there"),
        guess=f"whether {describe(store)} may begin here: other code opens it"
        if _is_opened_elsewhere(trouble, store)
        else "",
    )


def _is_opened_elsewhere(trouble: Trouble, store: "SgNode") -> bool:
    """Tell whether a map of maps gets its inner ones from other code: one that is missing may be unknown then."""
    outer = store.field("operand") if store.kind() == "index_expression" else None
    if outer is None:
        return False
    name = re.escape(outer.text().rpartition(".")[2])
    return re.search(rf"\b{name}\[[^\]\n]+\] = (?:make\(|map\[)", trouble.elsewhere) is not None
