"""Puts new code behind a switch in the environment that is off: what ran before the suspect commit runs again.

Only where git knows both branches, and both are whole statements of one block.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import BLOCKS, walk
from hotfix.repair.limits import SWITCH_LINES_MOST
from hotfix.repair.source import Source, find_function, name_function, replace_lines, span_lines

_CONDITION = {
    "python": 'os.environ.get("{}") == "on"',
    "java": '"on".equals(System.getenv("{}"))',
    "go": 'os.Getenv("{}") == "on"',
    "javascript": "process.env.{} === 'on'",
}
_DECLARES = frozenset({"lexical_declaration", "local_variable_declaration", "short_var_declaration", "var_declaration",
                       "const_declaration", "variable_declaration"})  # fmt: skip
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines that a commit changed, 1-based; `last` = `first` - 1 where there were none."""

    old: tuple[int, int]
    new: tuple[int, int]


def fix_kill_switch(trouble: Trouble) -> Iterator[Fix]:
    """Yield the new code behind a switch, with the old code in its other branch."""
    earlier, source = trouble.earlier, trouble.source
    if earlier is None or trouble.function is None or not trouble.function_name:
        return
    hunk = _find_hunk(earlier, source, trouble.line)
    hunk = _widen(earlier, source, hunk) if hunk is not None else None
    if hunk is None or not _stands_alone(earlier, source, hunk):
        return
    new, old = _take(source, hunk.new), _take(earlier, hunk.old)
    if len(new) + len(old) > SWITCH_LINES_MOST:
        return
    switch = _name_switch(trouble)
    fresh = _write(trouble, switch, new, old)
    mended, imports = bring_in(replace_lines(source, *hunk.new, fresh), fresh)
    yield Fix(
        source=mended,
        rationale=f"What {trouble.commit[:10]} brought at {trouble.place} waits behind {switch}, which is off; "
        f"{'what ran before it runs again' if old else 'without it nothing is done there, as before'}.",
        measures=(
            f"set {switch}=on to have the new code back without a release",
            "no log line: the switch is read at every call",
        ),
        imports=imports,
    )


def _find_hunk(earlier: Source, source: Source, line: int) -> _Hunk | None:
    matcher = difflib.SequenceMatcher(a=earlier.lines, b=source.lines, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag in {"replace", "insert"} and c < line <= d:
            return _Hunk((a + 1, b), (c + 1, d))
    return None


def _widen(earlier: Source, source: Source, hunk: _Hunk) -> _Hunk | None:
    """Return the hunk with lines around it that are the same on both sides, until both sides are whole statements."""
    for up in range(4):
        for down in range(4):
            wide = _Hunk((hunk.old[0] - up, hunk.old[1] + down), (hunk.new[0] - up, hunk.new[1] + down))
            around = _take(source, wide.new), _take(earlier, wide.old)
            same = around[0][:up] == around[1][:up] and around[0][len(around[0]) - down :] == around[1][
                len(around[1]) - down :
            ]  # fmt: skip
            if same and _is_run(source, wide.new) and (wide.old[1] < wide.old[0] or _is_run(earlier, wide.old)):
                return wide
    return None


def _is_run(source: Source, lines: tuple[int, int]) -> bool:
    """Tell whether lines are just some statements of one block in a function, one after the other."""
    function = find_function(source, lines[0])
    if function is None:
        return False
    for block in (node for node in walk(function) if node.kind() in BLOCKS):
        spans = [span_lines(child) for child in block.named_children()]
        inside = [span for span in spans if lines[0] <= span[0] and span[1] <= lines[1]]
        apart = all(span in inside or span[1] < lines[0] or span[0] > lines[1] for span in spans)
        if inside and apart and (inside[0][0], inside[-1][1]) == lines:
            return True
    return False


def _stands_alone(earlier: Source, source: Source, hunk: _Hunk) -> bool:
    """Tell whether no name leaves the branches, and what the old code needs beside itself is still there."""
    new, old = "\n".join(_take(source, hunk.new)), "\n".join(_take(earlier, hunk.old))
    function = find_function(source, hunk.new[0])
    last = span_lines(function)[1] if function is not None else hunk.new[1]
    after = set(_WORD.findall("\n".join(_take(source, (hunk.new[1] + 1, last)))))
    if source.language != "python":
        declared = _list_declared(source, hunk.new) | _list_declared(earlier, hunk.old)
        if declared & after:
            return False
    elif hunk.old[1] < hunk.old[0] and set(re.findall(r"(?m)^\s*(\w+)\s*=[^=]", new)) & after:
        return False
    beside = set(_WORD.findall("\n".join([*earlier.lines[: hunk.old[0] - 1], *earlier.lines[hunk.old[1] :]])))
    there = set(_WORD.findall("\n".join([*source.lines[: hunk.new[0] - 1], *source.lines[hunk.new[1] :]])))
    return set(_WORD.findall(old)) & beside <= there


def _list_declared(source: Source, lines: tuple[int, int]) -> set[str]:
    """Return the names that lines declare."""
    function, names = find_function(source, lines[0]), set[str]()
    for node in walk(function) if function is not None else ():
        first, last = span_lines(node)
        if node.kind() in _DECLARES and lines[0] <= first and last <= lines[1]:
            names |= set(_WORD.findall(re.split(r"(?<![=!<>])=(?!=)", node.text(), maxsplit=1)[0]))
    return names


def _take(source: Source, lines: tuple[int, int]) -> list[str]:
    return source.lines[lines[0] - 1 : lines[1]]


def _name_switch(trouble: Trouble) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name_function(trouble.function) if trouble.function else "")
    return f"ENABLE_{re.sub(r'[^A-Z0-9]+', '_', words.upper()).strip('_')}_{trouble.commit[:7].upper()}"


def _write(trouble: Trouble, switch: str, new: list[str], old: list[str]) -> list[str]:
    language = trouble.source.language or ""
    unit, line = find_unit(trouble.source), new[0]
    indent = line[: len(line) - len(line.lstrip())]
    condition = _CONDITION.get(language, _CONDITION["javascript"]).format(switch)
    opening, other, end = {
        "python": (f"if {condition}:", "else:", []),
        "go": (f"if {condition} {{", "} else {", ["}"]),
    }.get(language, (f"if ({condition}) {{", "} else {", ["}"]))

    def deepen(rows: list[str]) -> list[str]:
        return [unit + row if row.strip() else row for row in rows]

    closing = [indent + row for row in end]
    return [indent + opening, *deepen(new), *([indent + other, *deepen(old)] if old else []), *closing]
