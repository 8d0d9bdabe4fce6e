"""Takes the lock that the other methods of a type take, where one of them forgot it (Go's concurrent maps)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.source import list_functions, name_function, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_RECEIVER = re.compile(r"\(\s*(\w+)\s+\*(\w+)\s*\)")
_LOCK = r"\b%s\.(\w+)\.(R?Lock)\(\)"


@dataclass(frozen=True, slots=True)
class _Method:
    """A method of the type."""

    name: str
    receiver: str  # what it calls its receiver
    text: str


def fix_locked(trouble: Trouble) -> Iterator[Fix]:
    """Yield the lock at the beginning of the method that used a map while another one did."""
    if trouble.exception != "panic" or "concurrent map" not in trouble.message or trouble.function is None:
        return
    own = _read_receiver(trouble.function)
    body = trouble.function.field("body")
    if own is None or body is None or re.search(_LOCK % own[0], body.text()):
        return
    siblings = list(_list_siblings(trouble, own[1]))
    locks = {found[1] for one in siblings for found in re.finditer(_LOCK % one.receiver, one.text)}
    first = span_lines(body)[0]
    if len(locks) != 1 or span_lines(body)[1] == first:
        return
    (held,) = locks
    if any(_waits_for(trouble, body.text(), own[0], one, held) for one in siblings):
        return
    lock, unit = f"{own[0]}.{held}", find_unit(trouble.source)
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


def _list_siblings(trouble: Trouble, kind: str) -> Iterator[_Method]:
    """Yield the methods of a type."""
    for source in trouble.sources.values():
        for function in list_functions(source) if source.language == "go" else ():
            own = _read_receiver(function)
            if own is not None and own[1] == kind:
                yield _Method(name_function(function), own[0], function.text())


def _waits_for(trouble: Trouble, body: str, receiver: str, other: _Method, lock: str) -> bool:
    """Tell whether a method that takes the lock calls the one that failed, or is called by it: it would never end."""
    takes = re.search(rf"\b{other.receiver}\.{lock}\.R?Lock\(\)", other.text)
    calls = re.search(rf"\b{other.receiver}\.{re.escape(trouble.function_name)}\(", other.text)
    called = re.search(rf"\b{receiver}\.{re.escape(other.name)}\(", body)
    return takes is not None and (calls or called) is not None
