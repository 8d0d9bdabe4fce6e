"""Makes the folder of a file that is written, and bears one that is there already (Python, JavaScript)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, indent_of, list_calls, tell_fix
from hotfix.repair.fixers.tree import find_statement, is_plain, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_LACKS = re.compile(r"No such file or directory|ENOENT")
_EXISTS = re.compile(r"File exists|EEXIST")
_MAKES = {"mkdir": "exist_ok=True", "makedirs": "exist_ok=True", "mkdirSync": "{ recursive: true }"}


def fix_folder(trouble: Trouble) -> Iterator[Fix]:
    """Yield the making of the folder before the failing call writes, or bearing one that is there."""
    for call in list_calls(trouble):
        if _EXISTS.search(trouble.message) and call.name in _MAKES and "exist_ok" not in call.node.text():
            given = [one.text() for one in call.given]
            fresh = f"{call.called}({', '.join([*given, _MAKES[call.name]])})"
            what = "the folder may be there already; then it is taken as it is"
            measures = ("a folder that lacks is made as before", "no log line: a folder that is there is ordinary")
            yield tell_fix(trouble, replace_node(trouble.source.text, call.node, fresh), what, measures)
        elif _LACKS.search(trouble.message) and trouble.exception in {"FileNotFoundError", "Error"}:
            yield from _make(trouble, call)


def _make(trouble: Trouble, call: Call) -> Iterator[Fix]:
    python = trouble.source.language == "python"
    held = _read_path(call)
    statement = find_statement(call.node)
    if held is None or statement is None:
        return
    first = span_lines(statement)[0]
    row = trouble.source.lines[first - 1]
    if not starts_its_line(statement, row):
        return
    if python:
        known = re.search(r"^from pathlib import .*\bPath\b", trouble.source.text, re.MULTILINE) is not None
        path = held if call.name in {"write_text", "write_bytes"} or call.holder is not None else f"Path({held})"
        if path.startswith("Path(") and not known:
            return
        fresh = f"{path}.parent.mkdir(parents=True, exist_ok=True)"
    else:
        known = re.search(r"\bpath\s*=\s*require\(|import path\b|import \* as path\b", trouble.source.text) is not None
        fs = call.holder.text() if call.holder is not None else ""
        if not known or not fs:
            return
        wait = "await " if trouble.source.lines[trouble.line - 1].find(f"await {call.called}") >= 0 else ""
        make = f"{fs}.mkdirSync" if call.name.endswith("Sync") else f"{fs}.mkdir"
        fresh = f"{wait}{make}(path.dirname({held}), {{ recursive: true }});"
    mended = replace_lines(trouble.source, first, first - 1, [f"{indent_of(row)}{fresh}"])
    what = f"the folder of {held} may not be there yet when it is written; it is made then"
    yield tell_fix(
        trouble, mended.text, what, ("a folder that is there stays", "no log line: a first file is ordinary")
    )


def _read_path(call: Call) -> str | None:
    """Return the path that a call writes to, if it does."""
    modes = [one.text().strip("\"'") for one in call.given[1:] if one.kind() == "string"]
    if call.name in {"write_text", "write_bytes"} and call.holder is not None:
        return call.holder.text() if is_plain(call.holder) else None
    if (
        call.name == "open"
        and call.holder is not None
        and call.given
        and call.given[0].text().strip("\"'")[:1] in "wax"
    ):
        return call.holder.text() if is_plain(call.holder) else None
    if call.called == "open" and modes and modes[0][:1] in {"w", "a", "x"} and is_plain(call.given[0]):
        return call.given[0].text()
    if (
        call.name in {"writeFileSync", "appendFileSync", "writeFile", "appendFile"}
        and call.given
        and is_plain(call.given[0])
    ):
        return call.given[0].text()
    return None
