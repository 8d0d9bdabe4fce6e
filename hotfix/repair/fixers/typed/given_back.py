"""Gives back on every path what a function takes: a connection of a pool, a permit, a lock (Java, Go).

An error, or an early return, between the taking and the giving back would keep it for ever.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import BLOCKS, list_children, walk
from hotfix.repair.source import FUNCTIONS, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CATEGORIES = frozenset(
    {"connection_pool_exhaustion", "fd_exhaustion", "thread_exhaustion", "deadlock", "out_of_memory"}
)
_TAKEN = re.compile(r"^(?:final )?[\w.<>\[\], ?]+ (?P<name>\w+) = (?P<owner>[\w.]+(?:\(\))?)\.\w+\(.*\);$", re.DOTALL)
_PAIRS = (("lock", "unlock"), ("lockInterruptibly", "unlock"), ("acquire", "release"),
          ("acquireUninterruptibly", "release"), ("enter", "leave"), ("enter", "exit"), ("begin", "end"),
          ("start", "stop"), ("increment", "decrement"), ("Lock", "Unlock"), ("RLock", "RUnlock"),
          ("Acquire", "Release"))  # fmt: skip
_ACT = re.compile(r"^(?P<owner>[\w.]+)\.(?P<act>\w+)\([^()]*\);?$")
_TRIED = re.compile(r"^if \(!(?P<owner>[\w.]+)\.try(?P<act>Acquire|Lock)\([^()]*\)\)")
_SEND, _RECEIVE = re.compile(r"^(?P<channel>[\w.]+) <- .+$"), "<-{0}"


def fix_given_back(trouble: Trouble) -> Iterator[Fix]:
    """Yield the giving back in ``finally`` or ``defer``, where the function gives back on one path alone."""
    stuck = "asleep - deadlock" in trouble.message or trouble.category in _CATEGORIES
    if trouble.source.language not in {"java", "go"} or not stuck or trouble.function is None:
        return
    yield from _fix_counted(trouble)
    for block in trouble.nodes:
        if block.kind() not in BLOCKS:
            continue
        rows = [one for one in list_children(block) if "comment" not in one.kind() and one.kind() != "statement_list"]
        for place, taking in enumerate(rows):
            giving = _find_giving(rows, place)
            write = _write_go if trouble.source.language == "go" else _write_java
            fix = write(trouble, rows, (place, giving)) if giving and not _is_kept(rows, place, giving) else None
            if fix is not None:
                yield _say(trouble, fix, taking.text(), rows[giving].text().rstrip(";") if giving else "")


def _fix_counted(trouble: Trouble) -> Iterator[Fix]:
    """Yield the signing off of a task at its beginning, for its end, where an early return leaves it out (Go)."""
    for node in trouble.nodes if trouble.source.language == "go" else ():
        rows = [one for one in list_children(node) if one.kind() != "comment"]
        done = re.fullmatch(r"[\w.]+\.Done\(\)", rows[-1].text()) if rows and node.kind() in BLOCKS else None
        parent = node.parent()
        top = node if node.kind() == "block" or parent is None else parent
        owner = top.parent() if top is not None else None
        if done is None or owner is None or owner.kind() not in FUNCTIONS or "return" not in node.text():
            continue
        last, first = span_lines(rows[-1])[0], span_lines(rows[0])[0]
        indent = trouble.source.lines[first - 1][: rows[0].range().start.column]
        kept = trouble.source.lines[first - 1 : last - 1]
        yield _say(trouble, (first, last, [f"{indent}defer {done[0]}", *kept]), "the start of a task", done[0])
        return


def _say(trouble: Trouble, lines: tuple[int, int, list[str]], taking: str, giving: str) -> Fix:
    return Fix(
        source=replace_lines(trouble.source, *lines),
        rationale=f"{trouble.function_name} takes by {taking} and gives back by {giving}, but not after an error or "
        "an early return; now on every path.",
        measures=("given back on every path", "no log line: the error goes on as before"),
    )


def _find_giving(rows: Sequence["SgNode"], place: int) -> int | None:
    """Return which statement gives back what the one at a place takes; None where none does, or not only that."""
    text = rows[place].text()
    taken, act, sent = _TAKEN.match(text), _ACT.match(text), _SEND.match(text)
    tried = _TRIED.match(text)
    if taken is not None:
        handed = rf"{re.escape(taken['owner'])}\.\w+\({taken['name']}\)"
        pattern = rf"(?:{handed}|{taken['name']}\.(?:close|release|giveBack)\(\));?"
    elif tried is not None:
        pattern = rf"{re.escape(tried['owner'])}\.{'release' if tried['act'] == 'Acquire' else 'unlock'}\([^()]*\);?"
    elif act is not None:
        ends = [end for begin, end in _PAIRS if begin == act["act"]]
        pattern = rf"{re.escape(act['owner'])}\.(?:{'|'.join(ends)})\([^()]*\);?" if ends else r"(?!)"
    else:
        pattern = re.escape(_RECEIVE.format(sent["channel"])) if sent is not None else r"(?!)"
    found = [number for number in range(place + 1, len(rows)) if re.fullmatch(pattern, rows[number].text())]
    if len(found) != 1 or found[0] <= place + 1 or re.match(r"defer\b", rows[place + 1].text()):
        return None
    return found[0]


def _is_kept(rows: Sequence["SgNode"], place: int, giving: int) -> bool:
    """Tell whether what is taken is handed out, stored, or given back otherwise before: then it is not given back."""
    taken = _TAKEN.match(rows[place].text())
    if taken is None:
        return False
    name, owner = taken["name"], re.escape(taken["owner"])
    out = rf"\breturn {name};|= {name};|\.(?:add|put|offer|push|set)\((?:[^()]*, )?{name}\)|{owner}\.\w+\({name}\)"
    back = rf"\b{name}\.(?:close|release|giveBack)\(\)"
    return any(re.search(f"{out}|{back}", one.text()) for one in rows[place + 1 : giving])


def _write_java(trouble: Trouble, rows: Sequence["SgNode"], pair: tuple[int, int]) -> tuple[int, int, list[str]] | None:
    place, giving = pair
    inner, rest = rows[place + 1 : giving], rows[giving + 1 :]
    if any(rows[giving].text() in one.text() for one in inner):
        return None
    names = {found[1] for one in inner if one.kind() == "local_variable_declaration"
             for found in re.finditer(r"(\w+)\s*(?:=|;)", one.text())}  # fmt: skip
    used = any(re.search(rf"\b{name}\b", one.text()) for name in names for one in rest)
    if used and (len(rest) != 1 or rest[0].kind() != "return_statement"):
        return None
    source, unit = trouble.source, find_unit(trouble.source)
    first, last = span_lines(inner[0])[0], span_lines(rows[giving])[1]
    indent = source.lines[first - 1][: inner[0].range().start.column]
    body = source.lines[first - 1 : span_lines(rows[giving])[0] - 1]
    if used:
        last = span_lines(rest[0])[1]
        body += source.lines[span_lines(rest[0])[0] - 1 : last]
    held = [unit + row if row.strip() else row for row in body]
    end = [f"{indent}}} finally {{", f"{indent}{unit}{rows[giving].text()}", f"{indent}}}"]
    return first, last, [f"{indent}try {{", *held, *end]


def _write_go(trouble: Trouble, rows: Sequence["SgNode"], pair: tuple[int, int]) -> tuple[int, int, list[str]] | None:
    place, giving = pair
    text, rest, source = rows[giving].text(), rows[giving + 1 :], trouble.source
    plain = not rest or (len(rest) == 1 and rest[0].kind() == "return_statement")
    in_loop = any(one.kind() == "for_statement" for one in _climb(rows[place]))
    if not plain or in_loop or trouble.function is None:
        return None
    alike = [one for one in walk(trouble.function) if one.text() == text and one.parent() is not None
             and one.kind() in {"expression_statement", "call_expression", "unary_expression"}]  # fmt: skip
    givings = {span_lines(one)[0] for one in alike}
    first, last = span_lines(rows[place])[0], max(span_lines(one)[1] for one in rows)
    if any(source.lines[number - 1].strip() != text for number in givings):
        return None
    indent = source.lines[first - 1][: rows[place].range().start.column]
    later = f"defer {text}" if text.endswith(")") else f"defer func() {{ {text} }}()"
    kept = [source.lines[number - 1] for number in range(first + 1, last + 1) if number not in givings]
    return first, last, [source.lines[first - 1], indent + later, *kept]


def _climb(node: "SgNode") -> Iterator["SgNode"]:
    """Yield what is around a node in its function."""
    for above in node.ancestors():
        if above.kind() in FUNCTIONS:
            return
        yield above
