"""Begins with no options where a caller leaves them out (JavaScript), as other code or the description allows."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.tree import list_children
from hotfix.repair.source import replace_lines, span_lines

_TOLD = re.compile(r"^Cannot (?:read properties|destructure property)[^\n]*\b(?:undefined|null)\b")

_MEMBER = re.compile(r"\(reading '([^']+)'\)|destructure property '([^']+)'")


def fix_options(trouble: Trouble) -> Iterator[Fix]:
    """Yield an empty object for a parameter that the failing line reads from and that may be left out."""
    function = trouble.function
    if trouble.exception != "TypeError" or not _TOLD.search(trouble.message) or function is None:
        return
    body, line = function.field("body"), trouble.source.lines[trouble.line - 1]
    rows = list_children(body) if body is not None and body.kind() == "statement_block" else []
    for one in list_children(function.field("parameters")) if rows else ():
        name = one.text()
        member = told[1] or told[2] if (told := _MEMBER.search(trouble.message)) is not None else ""
        taken = re.search(rf"(?<![\w.]){re.escape(name)}\.{re.escape(member)}\b|\}} = {re.escape(name)}\b", line)
        if one.kind() != "identifier" or taken is None:
            continue
        said = (
            rf"\b{name}\b[^.]{{0,60}}\b(?:left out|optional|omitted|not given|missing)|\[{name}\b"
            rf"|\boptional\b[^.]*\b{name}\b"
        )
        usual = re.search(rf"\b{name}\s*(?:\?\?|\|\|)?=\s*\{{\}}|\b{name}\s*(?:\?\?|\|\|)\s*\{{\}}", trouble.elsewhere)
        guess = "" if usual or re.search(said, describe_function(trouble)) else f"whether {name} may be left out"
        first = span_lines(rows[0])[0]
        row = f"{indent_of(trouble.source.lines[first - 1])}{name} ??= {{}};"
        mended = replace_lines(trouble.source, first, first - 1, [row])
        what = f"{name} can be left out; then it holds nothing"
        yield tell_fix(
            trouble, mended.text, what, ("what is given is taken as before", "no log line: it is ordinary"), guess
        )
        return
