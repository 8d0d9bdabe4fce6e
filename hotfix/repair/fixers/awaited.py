"""Waits for an asynchronous call whose result is used as if it were there: Python, JavaScript, TypeScript."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import key, replace_node
from hotfix.repair.source import FUNCTIONS, Source, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"is not a function|is not iterable|of undefined|'coroutine'")
_READING = re.compile(r"of undefined \(reading '([^']+)'\)")
_ASYNC = r"\basync\s+(?:def\s+|function\s*\*?\s*)?{0}\s*\(|\b{0}\s*(?::[^=\n]+)?=\s*async\b"


def fix_awaited(trouble: Trouble) -> Iterator[Fix]:
    """Yield an await before the call whose result the failing line uses, where the function may wait."""
    if trouble.exception not in {"TypeError", "AttributeError"} or not _TOLD.search(trouble.message):
        return
    if trouble.function is None or not re.match(r"(?:export\s+|static\s+)*async\b", trouble.function.text()):
        return
    for node in trouble.nodes:
        if (
            _is_unawaited(trouble, node)
            and _may_wait(trouble, node)
            and not _is_there(trouble, node)
            and _is_used(trouble, node)
        ):
            waited = f"await {node.text()}"
            parent = node.parent()
            taken_off = parent is not None and parent.kind() in {"member_expression", "attribute", "subscript",
                                                                 "subscript_expression"}  # fmt: skip
            yield Fix(
                source=trouble.source.with_text(
                    replace_node(trouble.source.text, node, f"({waited})" if taken_off else waited)
                ),
                rationale=f"{describe(node)} is asynchronous, and {trouble.place} uses its result before it is there; "
                "now it is waited for.",
                measures=("one await", "no log line: nothing is left out"),
            )
            return


def _may_wait(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether a node stands in the function that failed itself, and in no closure in it."""
    inner = next((above for above in node.ancestors() if above.kind() in FUNCTIONS | {"lambda"}), None)
    return inner is not None and trouble.function is not None and key(inner) == key(trouble.function)


def _is_there(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether the message says that what a call gave is itself undefined, which what is waited for never is."""
    told = _READING.search(trouble.message)
    parent = node.parent()
    name = parent.field("name") if parent is not None and parent.kind() == "variable_declarator" else None
    holder = name.text() if name is not None else node.text()
    for one in trouble.nodes if told is not None else ():
        value, member = one.field("object"), one.field("property")
        texts = (value.text(), member.text()) if value is not None and member is not None else ()
        if told is not None and texts == (holder, told[1]) and trouble.lies_in(one):
            return True
    return False


def _is_unawaited(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether a node calls a function that the sources declare as asynchronous, and nothing waits for it."""
    function, parent = node.field("function"), node.parent()
    if node.kind() not in {"call", "call_expression"} or function is None or parent is None:
        return False
    if parent.kind() in {"await", "await_expression"} or span_lines(node)[0] > trouble.line:
        return False
    name = re.escape(function.text().rpartition(".")[2])
    if not re.fullmatch(r"\w+", name):
        return False
    declared = re.compile(_ASYNC.format(name))
    return any(declared.search(one.text) for one in trouble.sources.values() if _shares(one, trouble.source))


def _shares(one: Source, other: Source) -> bool:
    """Tell whether functions of one file can be called in the other."""
    return (one.language == "python") == (other.language == "python") and one.language not in {"java", "go"}


def _is_used(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether the failing line holds a call, or names what its result was given to."""
    if trouble.lies_in(node):
        return True
    parent = node.parent()
    name = parent.field("name") or parent.field("left") if parent is not None else None
    words = re.findall(r"\w+", name.text()) if name is not None else []
    return any(re.search(rf"\b{word}\b", trouble.source.lines[trouble.line - 1]) for word in words)
