"""Gives a local name its value before it is asked for (Python): of a handler, of a loop, of the module."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, tell_fix
from hotfix.repair.fixers.grounds import find_described_exit, find_ground
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import list_children
from hotfix.repair.source import span_lines

_TOLD = re.compile(r"(?:local variable|free variable) '(\w+)'|name '(\w+)' is not defined")


def fix_unbound(trouble: Trouble) -> Iterator[Fix]:
    """Yield the value that a name lacks at the failing line."""
    told = _TOLD.search(trouble.message)
    if trouble.exception not in {"UnboundLocalError", "NameError"} or told is None or trouble.function is None:
        return
    name = told[1] or told[2]
    yield from _keep_error(trouble, name)
    yield from _take_global(trouble, name)
    yield from _begin(trouble, name)


def _keep_error(trouble: Trouble, name: str) -> Iterator[Fix]:
    """Keep the error of a handler, whose name ends with it."""
    rows = list(trouble.source.lines)
    first, last = span_lines(trouble.function) if trouble.function is not None else (1, 0)
    handlers = [n for n in range(first, min(last, len(rows))) if re.search(rf"^\s*except\b.*\bas {name}:\s*$", rows[n])]
    handlers = [n for n in handlers if n < trouble.line - 1]
    if not handlers:
        return
    kept = f"last_{name}"
    rows[trouble.line - 1] = re.sub(rf"(?<![\w.]){name}\b", kept, rows[trouble.line - 1])
    for number in reversed(handlers):
        rows.insert(number + 1, f"{indent_of(rows[number])}{find_unit(trouble.source)}{kept} = {name}")
    opening = list_children(trouble.function.field("body")) if trouble.function is not None else []
    start = next((one for one in opening if not one.text().startswith(('"', "'", 'f"'))), None)
    if start is None:
        return
    at = span_lines(start)[0] - 1
    rows.insert(at, f"{indent_of(rows[at])}{kept} = None")
    what = f"{name} ends with its handler, and is asked for behind it; it is kept under a name of its own"
    yield tell_fix(
        trouble, "\n".join(rows), what, ("the error that is told is the last one", "no log line: it is told")
    )


def _take_global(trouble: Trouble, name: str) -> Iterator[Fix]:
    """Say that a name is the module's, or that of the function around, where the function writes to it."""
    function = trouble.function
    if function is None or trouble.exception != "UnboundLocalError":
        return
    counts = re.search(rf"^\s*{name}\s*(?:[-+*/|&^%@]|//|\*\*|<<|>>)=", function.text(), re.MULTILINE) is not None
    own = re.search(rf"^\s*{name}\s*(?::[^=\n]+)?=(?!=)", function.text(), re.MULTILINE) is not None
    module = re.search(rf"^{name}\s*(?::[^=\n]+)?=(?!=)", trouble.source.text, re.MULTILINE) is not None
    outer = next((above for above in function.ancestors() if above.kind() == "function_definition"), None)
    around = outer is not None and re.search(
        rf"^\s+{name}\s*=(?!=)", outer.text().replace(function.text(), ""), re.MULTILINE
    )
    opening = [one for one in list_children(function.field("body")) if not one.text().startswith(('"', "'"))]
    if not counts or own or not (module or around) or not opening:
        return
    rows, at = list(trouble.source.lines), span_lines(opening[0])[0] - 1
    word = "nonlocal" if around else "global"
    rows.insert(at, f"{indent_of(rows[at])}{word} {name}")
    where = "the function around" if around else "the module"
    what = f"{name} is written to here and so is local, while it is meant to be that of {where}; it is declared so"
    yield tell_fix(trouble, "\n".join(rows), what, ("one declaration", "no log line: nothing is missing then"))


def _begin(trouble: Trouble, name: str) -> Iterator[Fix]:
    """Begin with what the function gives for nothing, where a loop or a branch that gives the value may not be run."""
    function = trouble.function
    if function is None or trouble.exception != "UnboundLocalError":
        return
    line = trouble.source.lines[trouble.line - 1].strip()
    first = next((node for node in trouble.nodes if node.kind() in {"for_statement", "if_statement", "while_statement",
                  "try_statement"} and re.search(rf"\b{name}\s*(?::[^=\n]+)?=(?!=)", node.text())), None)  # fmt: skip
    if first is None or line != f"return {name}":
        return
    described = find_described_exit(trouble)
    value = (described or "return None").removeprefix("return ")
    ground = find_ground(trouble, f"return {value}")
    rows, at = list(trouble.source.lines), span_lines(first)[0] - 1
    rows.insert(at, f"{indent_of(rows[at])}{name} = {value}")
    guess = "" if ground else f"what {trouble.function_name} gives where {name} gets no value"
    what = f"{name} gets a value in a branch only; before it is {value}"
    yield tell_fix(trouble, "\n".join(rows), what, ("what gets a value keeps it", "no log line: it is ordinary"), guess)
