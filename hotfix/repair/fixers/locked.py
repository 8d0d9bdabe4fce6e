"""Takes the lock that the other methods of a type take, where one of them forgot it (Go's concurrent maps)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.source import list_functions, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_RECEIVER = re.compile(r"\(\s*(\w+)\s+\*(\w+)\s*\)")
_LOCK = r"\b%s\.(\w+)\.(R?Lock)\(\)"


def fix_locked(trouble: Trouble) -> Iterator[Fix]:
    """Yield the lock at the beginning of the method that used a map while another one did."""
    if trouble.exception != "panic" or "concurrent map" not in trouble.message or trouble.function is None:
        return
    own = _read_receiver(trouble.function)
    body = trouble.function.field("body")
    if own is None or body is None or re.search(_LOCK % own[0], body.text()):
        return
    locks = {found[1] for text, name in _list_siblings(trouble, own[1]) for found in re.finditer(_LOCK % name, text)}
    first = span_lines(body)[0]
    if len(locks) != 1 or span_lines(body)[1] == first or _is_called_locked(trouble, own[1], locks):
        return
    lock, unit = f"{own[0]}.{locks.pop()}", find_unit(trouble.source)
    yield Fix(
        source=replace_lines(
            trouble.source, first + 1, first, [f"{unit}{lock}.Lock()", f"{unit}defer {lock}.Unlock()"]
        ),
        rationale=f"{trouble.function_name} uses a map at {trouble.place} that others use at the same time; it takes "
        f"the lock {lock} now, as the other methods of {own[1]} do.",
        measures=("the lock is given back on every path", "no log line: waiting for a lock is ordinary"),
    )


def _read_receiver(function: "SgNode") -> tuple[str, str] | None:
    """Return the name and the type of a pointer receiver."""
    receiver = function.field("receiver")
    found = _RECEIVER.fullmatch(receiver.text()) if receiver is not None else None
    return (found[1], found[2]) if found else None


def _list_siblings(trouble: Trouble, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the text of the methods of a type, and what each calls its receiver."""
    for source in trouble.sources.values():
        for function in list_functions(source) if source.language == "go" else ():
            own = _read_receiver(function)
            if own is not None and own[1] == kind:
                yield function.text(), own[0]


def _is_called_locked(trouble: Trouble, kind: str, locks: set[str]) -> bool:
    """Tell whether a method that holds the lock calls this one: it would wait for itself."""
    lock = next(iter(locks))
    return any(
        re.search(rf"\b{name}\.{lock}\.R?Lock\(\)", text)
        and re.search(rf"\b{name}\.{re.escape(trouble.function_name)}\(", text)
        for text, name in _list_siblings(trouble, kind)
    )
