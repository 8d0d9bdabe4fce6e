"""Gives a lookup the default that other code of the file gives the same: Python, JavaScript, TypeScript, Java."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of
from hotfix.repair.fixers.lookups import Lookup, list_bound, read_lookup
from hotfix.repair.fixers.precedents import find_sibling_exit
from hotfix.repair.fixers.tree import is_plain, key, list_names, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_EXCEPTIONS = frozenset({"KeyError", "TypeError", "NullPointerException"})
_MISSING = re.compile(r"undefined|null|get\(Object\)")
_VALUE = r"('[^'\n]*'|\"[^\"\n]*\"|-?\d[\w.]*|\[\]|\{{\}}|[A-Z][A-Z0-9_]*(?:\.\w+)*|true|false|True|False)"
_WAYS = {
    "python": (rf"(?<![\w.]){{0}}\.get\([^(),\n]+, {_VALUE}\)", "{0}.get({1}, {2})"),
    "java": (rf"(?<![\w.]){{0}}\.getOrDefault\([^(),\n]+, {_VALUE}\)", "{0}.getOrDefault({1}, {2})"),
}
_MEMBER = rf"(?<![\w.])\w+\.{{0}} (?:\|\||\?\?) {_VALUE}"
_SCRIPT = rf"(?<![\w.]){{0}}(?:\[[^\]\n]+\]|\.get\([^()\n]+\)) (?:\|\||\?\?) {_VALUE}"


def fix_usual_default(trouble: Trouble) -> Iterator[Fix]:
    """Yield the default for each lookup that the failing line uses and other code of the file has a default for."""
    told = trouble.exception == "KeyError" or _MISSING.search(trouble.message)
    if trouble.exception not in _EXCEPTIONS or not told or trouble.source.language == "go":
        return
    yield from _fix_members(trouble)
    pattern = _WAYS.get(trouble.source.language or "", (_SCRIPT, ""))[0]
    for node in _list_used(trouble):
        found = read_lookup(node)
        default = (
            _find_default(trouble, found.taken_of, pattern) if found is not None and len(found.given) == 1 else None
        )
        refused = find_sibling_exit(trouble, node) is not None  # what is unknown is no ordinary thing there
        if found is not None and default is not None and is_plain(node) and not refused:
            yield _put(trouble, node, _write(trouble, node, found, default), default)


def _fix_members(trouble: Trouble) -> Iterator[Fix]:
    """Yield the default for each member that the failing line takes something off (JavaScript)."""
    for deref in dialect_of(trouble).list_derefs(trouble, trouble.line) if trouble.exception == "TypeError" else ():
        member = deref.value.field("property") if deref.value.kind() == "member_expression" else None
        default = _find_default(trouble, member.text(), _MEMBER) if member is not None else None
        told = re.search(r"reading '([^']+)'", trouble.message)
        if default is not None and is_plain(deref.value) and (told is None or deref.member == told[1]):
            yield _put(trouble, deref.value, f"({deref.value.text()} ?? {default})", default)


def _put(trouble: Trouble, node: "SgNode", fresh: str, default: str) -> Fix:
    return Fix(
        source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
        rationale=f"{describe(node)} can be missing ({trouble.place}); then it is {default}, as elsewhere in the file.",
        measures=("the default of other code for the same", "no log line: a default is ordinary"),
    )


def _list_used(trouble: Trouble) -> "list[SgNode]":
    """Return the lookups of the failing line, and those that gave its names what they hold; none that is written to."""
    on_line = [node for node in trouble.nodes if node.range().start.line + 1 == trouble.line]
    names = set().union(*(list_names(node) for node in on_line))
    given = [one.value for one in list_bound(trouble.nodes) if one.name in names]
    inside = {key(one) for node in given for one in trouble.nodes if key(node)[0] <= key(one)[0] < key(node)[1]}
    left = {key(one) for node in trouble.nodes if "assignment" in str(node.kind()) and (one := node.field("left"))}
    used = [node for node in trouble.nodes if trouble.lies_in(node) or key(node) in inside]
    return [node for node in used if read_lookup(node) is not None and key(node) not in left]


def _find_default(trouble: Trouble, name: str, pattern: str) -> str | None:
    """Return the one default that other functions of the file give what they look up in a store, or a member."""
    found = set(re.findall(pattern.format(re.escape(name)), trouble.elsewhere))
    return str(found.pop()) if len(found) == 1 else None


def _write(trouble: Trouble, node: "SgNode", lookup: Lookup, default: str) -> str:
    way = _WAYS.get(trouble.source.language or "")
    return way[1].format(lookup.taken_of, lookup.given[0], default) if way else f"({node.text()} ?? {default})"
