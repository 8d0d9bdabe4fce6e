"""Accepts a key under its new and its old name: data written before a rename, or by who does not know it yet.

The other name is the one that the suspect commit replaced, or one of the same words in another way of writing
(``userName``, ``user_name``) that the repository uses elsewhere.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of
from hotfix.repair.fixers.tree import is_plain, key, list_children, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_QUOTED = re.compile(r"""["']([A-Za-z_][\w-]*)["']""")
_NAMED = re.compile(r"""["'.]([A-Za-z_][\w-]*)""")


def fix_both_keys(trouble: Trouble) -> Iterator[Fix]:
    """Yield the reading of both names where the failing line looks up a key that was not there."""
    read = {"python": _list_python, "java": _list_java}.get(trouble.source.language or "", _list_javascript)
    for node, asked in read(trouble) if trouble.source.language != "go" else ():
        other = _find_replaced(trouble, asked) or _find_respelt(trouble, asked)
        fresh = _write(trouble, node, asked, other) if other else None
        if fresh is not None:
            yield Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
                rationale=f"{describe(node)} can come under its other name {other} ({trouble.place}); both are read.",
                measures=(
                    f"{asked} comes first: what was read before is read as before",
                    "no log line: both names are ordinary while data of both kinds are about",
                ),
            )


def _list_python(trouble: Trouble) -> Iterator[tuple["SgNode", str]]:
    """Yield the lookup of the key that the error names."""
    for node in trouble.nodes if trouble.exception == "KeyError" else ():
        index = node.field("subscript") if node.kind() == "subscript" else None
        if index is None or index.range().end.line + 1 != trouble.line or not is_plain(node):
            continue
        parent = node.parent()
        left = parent.field("left") if parent is not None and "assignment" in str(parent.kind()) else None
        written = left is not None and key(left) == key(node)
        if index.text()[1:-1] == trouble.message.strip().strip("'\"") and index.kind() == "string" and not written:
            yield node, index.text()[1:-1]


def _list_javascript(trouble: Trouble) -> Iterator[tuple["SgNode", str]]:
    """Yield each member that was undefined where the failing line takes something off it."""
    if trouble.exception != "TypeError" or "undefined" not in trouble.message:
        return
    told = re.search(r"reading '([^']+)'", trouble.message)
    for deref in dialect_of(trouble).list_derefs(trouble, trouble.line):
        value = deref.value
        name = value.field("property") if value.kind() == "member_expression" else None
        if name is not None and is_plain(value) and (told is None or deref.member == told[1]):
            yield value, name.text()


def _list_java(trouble: Trouble) -> Iterator[tuple["SgNode", str]]:
    """Yield the lookups of a map at the failing line."""
    if trouble.exception != "NullPointerException" or "get(Object)" not in trouble.message:
        return
    for node in trouble.nodes:
        name, arguments = node.field("name"), node.field("arguments")
        given = list_children(arguments)
        on_line = trouble.lies_in(node)
        asks = node.kind() == "method_invocation" and name is not None and name.text() == "get" and on_line
        if asks and len(given) == 1 and given[0].kind() == "string_literal":
            yield node, given[0].text()[1:-1]


def _find_replaced(trouble: Trouble, asked: str) -> str | None:
    """Return the name that stood in the line before the suspect commit, where nothing else of the line changed."""
    if trouble.earlier is None:
        return None
    line = trouble.source.lines[trouble.line - 1]
    for row in _list_removed(trouble.earlier.lines, trouble.source.lines, trouble.line):
        for other in _NAMED.findall(row):
            if other != asked and re.sub(rf"\b{re.escape(other)}\b", asked, row).strip() == line.strip():
                return str(other)
    return None


def _list_removed(old: list[str], new: list[str], line: int) -> list[str]:
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    return next((old[a:b] for tag, a, b, c, d in matcher.get_opcodes() if tag == "replace" and c < line <= d), [])


def _find_respelt(trouble: Trouble, asked: str) -> str | None:
    """Return the one name of the same words that the repository has in quotes, if there is just one."""
    found = {other for text in _list_texts(trouble) for other in _QUOTED.findall(text) if _fold(other) == _fold(asked)}
    found.discard(asked)
    return found.pop() if len(found) == 1 and len(asked) > 3 else None


def _list_texts(trouble: Trouble) -> Iterable[str]:
    return (source.text for source in trouble.sources.values())


def _fold(name: str) -> str:
    return re.sub(r"[_-]", "", name).lower()


def _write(trouble: Trouble, node: "SgNode", asked: str, other: str) -> str | None:
    if trouble.source.language == "python":
        store, mark = node.field("value"), node.field("subscript")
        if store is None or mark is None:
            return None
        quote, held = mark.text()[0], store.text()
        parent = node.parent()
        fresh = f"{held}[{quote}{asked}{quote}] if {quote}{asked}{quote} in {held} else {held}[{quote}{other}{quote}]"
        return fresh if parent is not None and parent.kind() in {"assignment", "return_statement"} else f"({fresh})"
    store = node.field("object")
    if store is None:
        return None
    if trouble.source.language == "java":
        return f'{store.text()}.getOrDefault("{asked}", {store.text()}.get("{other}"))'
    tail = f".{other}" if re.fullmatch(r"[A-Za-z_$]\w*", other) else f"['{other}']"
    return f"({node.text()} ?? {store.text()}{tail})"
