"""Begins a group before the first item is put into it: the list, set or dictionary that a key does not have yet.

A guard that leaves early would lose the item. Go makes lists by itself, and its maps are made by ``nil_map``.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.owners import begins_empty, is_made_empty
from hotfix.repair.fixers.tree import (
    bracket,
    find_statement,
    is_plain,
    key,
    list_children,
    replace_node,
    starts_its_line,
)
from hotfix.repair.source import Source, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_PYTHON = {"append": "[]", "extend": "[]", "insert": "[]", "add": "set()", "update": "{}"}
_JAVASCRIPT = {"push": "[]", "unshift": "[]", "add": "new Set()", "set": "new Map()"}
_JAVA = {"List": "ArrayList", "Collection": "ArrayList", "Set": "LinkedHashSet", "Map": "LinkedHashMap",
         "Deque": "ArrayDeque", "Queue": "ArrayDeque"}  # fmt: skip
_TOLD_JAVA = re.compile(
    r'"java\.util\.(\w+)\.(?:add|addAll|put|merge|addLast|offer|push)\([^"]*because the return value'
)


def fix_grouped(trouble: Trouble) -> Iterator[Fix]:
    """Yield the making of the group that the failing line puts something into."""
    language = trouble.source.language or ""
    if trouble.function is None or language == "go":
        return
    find = {"python": _fix_python, "java": _fix_java}.get(language, _fix_javascript)
    for node in trouble.nodes:
        if trouble.lies_in(node):
            fresh = find(trouble, node)
            if fresh is not None:
                yield Fix(
                    source=fresh[0],
                    rationale=f"{describe(fresh[1])} has nothing yet when its first item comes ({trouble.place}); "
                    "it begins empty then.",
                    measures=("default in place: no item is lost", "no log line: a first item is ordinary"),
                    guess=""
                    if begins_empty(trouble, _read_store(fresh[1]))
                    else f"whether {describe(fresh[1])} may begin here: other code opens it",
                )
                return


def _fix_python(trouble: Trouble, node: "SgNode") -> tuple[Source, "SgNode"] | None:
    if trouble.exception != "KeyError" or node.kind() != "subscript":
        return None
    store, asked, parent = node.field("value"), node.field("subscript"), node.parent()
    if store is None or asked is None or parent is None or not is_plain(node) or not _gathers(trouble, store, asked):
        return None
    return _begin_member(trouble, node, parent) or _begin_inner(trouble, node, parent)


def _begin_member(trouble: Trouble, node: "SgNode", parent: "SgNode") -> tuple[Source, "SgNode"] | None:
    """Begin what a method puts something into: ``X[k].append(v)``."""
    member, whole = parent.field("attribute"), parent.parent()
    holder = whole.parent() if whole is not None and whole.kind() == "call" else None
    empty = _PYTHON.get(member.text()) if member is not None else None
    if empty is None or holder is None or holder.kind() != "expression_statement":
        return None
    return _put(trouble, node, _default(node, empty)), node


def _begin_inner(trouble: Trouble, node: "SgNode", parent: "SgNode") -> tuple[Source, "SgNode"] | None:
    """Begin the dictionary that an item is set or counted in: ``X[a][b] = v``, ``X[a][b] += n``."""
    whole, inner = parent.parent(), parent.field("subscript")
    left, right = (whole.field(field) if whole is not None else None for field in ("left", "right"))
    if parent.kind() != "subscript" or whole is None or left is None or key(left) != key(parent):
        return None
    made = _default(node, "{}")
    if whole.kind() == "assignment":
        return _put(trouble, node, made), node
    if inner is None or right is None or not is_plain(inner) or "+=" not in {one.text() for one in whole.children()}:
        return None
    return _stand_before(trouble, whole, made, count_first(node.text(), inner.text(), right), node)


def count_first(store: str, asked: str, right: "SgNode") -> str:
    """Return the statement that counts up under a key, or begins with what comes first: a number, a text or a list."""
    if right.kind() in {"integer", "float"}:
        return f"{store}[{asked}] = {store}.get({asked}, 0) + {right.text()}"
    more = f"{store}[{asked}] + {bracket(right)}"
    return f"{store}[{asked}] = {more} if {asked} in {store} else {right.text()}"


def _default(node: "SgNode", empty: str) -> str:
    store, asked = node.field("value"), node.field("subscript")
    return f"{store.text()}.setdefault({asked.text()}, {empty})" if store is not None and asked is not None else ""


def _gathers(trouble: Trouble, store: "SgNode", asked: "SgNode") -> bool:
    """Tell whether something is gathered under keys: they are computed, or it begins empty in the function."""
    text = trouble.function.text() if trouble.function is not None else ""
    made = is_made_empty(store.text(), text)
    return made or asked.kind() not in {"string", "integer", "unary_operator"}


def _read_store(node: "SgNode") -> str:
    """Return what a key is looked up in."""
    return re.split(r"\[|\.get\(", node.text(), maxsplit=1)[0]


def _fix_javascript(trouble: Trouble, node: "SgNode") -> tuple[Source, "SgNode"] | None:
    if trouble.exception != "TypeError" or not re.search(r"of undefined \((?:reading|setting) '", trouble.message):
        return None
    return _begin_pushed(trouble, node) if node.kind() == "call_expression" else _begin_set(trouble, node)


def _begin_pushed(trouble: Trouble, node: "SgNode") -> tuple[Source, "SgNode"] | None:
    """Begin what a method puts something into: ``X[k].push(v)``, ``X.get(k).push(v)``."""
    function = node.field("function")
    member = function.field("property") if function is not None else None
    store = function.field("object") if function is not None else None
    empty = _JAVASCRIPT.get(member.text()) if member is not None else None
    if store is None or empty is None or not _is_told(trouble, member):
        return None
    if store.kind() == "subscript_expression" and _is_computed(store):
        return _stand_before(trouble, node, f"{store.text()} ??= {empty};", "", store)
    asked = re.fullmatch(r"([\w.]+)\.get\(([^()]+)\)", store.text())
    made = f"if (!{asked[1]}.has({asked[2]})) {asked[1]}.set({asked[2]}, {empty});" if asked else ""
    return _stand_before(trouble, node, made, "", store) if made else None


def _begin_set(trouble: Trouble, node: "SgNode") -> tuple[Source, "SgNode"] | None:
    """Begin the object that a member is set or counted in: ``X[a][b] = v``, ``X[a][b] += n``."""
    left, right = node.field("left"), node.field("right")
    store = left.field("object") if left is not None and "assignment" in node.kind() else None
    if left is None or right is None or store is None or store.kind() != "subscript_expression":
        return None
    named = left.field("property")
    if not _is_computed(store) or not is_plain(left) or (named is not None and not _is_told(trouble, named)):
        return None
    made = f"{store.text()} ??= {{}};"
    if node.kind() == "assignment_expression":
        return _stand_before(trouble, node, made, "", store)
    counted = (
        f"{left.text()} = ({left.text()} ?? 0) + {right.text()}"
        if right.kind() == "number"
        else f"{left.text()} = {left.text()} === undefined ? {right.text()} : {left.text()} + {bracket(right)}"
    )
    adds = "+=" in {one.text() for one in node.children()}
    return _stand_before(trouble, node, made, counted, store) if adds else None


def _is_told(trouble: Trouble, member: "SgNode | None") -> bool:
    return member is not None and f"ing '{member.text()}')" in trouble.message


def _is_computed(store: "SgNode") -> bool:
    index = store.field("index")
    return index is not None and index.kind() not in {"string", "number"} and is_plain(store)


def _fix_java(trouble: Trouble, node: "SgNode") -> tuple[Source, "SgNode"] | None:
    told = _TOLD_JAVA.search(trouble.message)
    if trouble.exception != "NullPointerException" or told is None or node.kind() != "method_invocation":
        return None
    name, store, arguments = (node.field(field) for field in ("name", "object", "arguments"))
    given = list_children(arguments)
    made = _JAVA.get(told[1])
    if name is None or name.text() != "get" or store is None or len(given) != 1 or made is None:
        return None
    fresh = f"{store.text()}.computeIfAbsent({given[0].text()}, absent -> new java.util.{made}<>())"
    return _put(trouble, node, fresh), node


def _put(trouble: Trouble, node: "SgNode", fresh: str) -> Source:
    return trouble.source.with_text(replace_node(trouble.source.text, node, fresh))


def _stand_before(
    trouble: Trouble, node: "SgNode", made: str, instead: str, store: "SgNode"
) -> tuple[Source, "SgNode"] | None:
    """Return the file with a line before the statement of a node, and the node itself written otherwise."""
    statement = find_statement(node)
    if statement is None:
        return None
    first = span_lines(statement)[0]
    line = trouble.source.lines[first - 1]
    if not starts_its_line(statement, line):
        return None
    source = _put(trouble, node, instead) if instead else trouble.source
    indent = line[: len(line) - len(line.lstrip())]
    return replace_lines(source, first, first - 1, [indent + made]), store
