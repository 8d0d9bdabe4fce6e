"""Copies a default that all calls share before it is changed (Python): a list in the head of a function."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, tell_fix
from hotfix.repair.fixers.tree import list_children
from hotfix.repair.source import replace_lines, span_lines

_MADE = {"[]": "list", "{}": "dict", "set()": "set", "dict()": "dict", "list()": "list"}
_CHANGES = (
    r"\b{0}(?:\.(?:append|extend|insert|add|update|pop|remove|setdefault|clear|sort)\("
    r"|\[[^\]\n]+\]\s*[-+|]?=(?!=)|\s*\+=)"
)

_KEEPS = re.compile(r"cache|memo|seen|known|registry", re.IGNORECASE)
_UNRELATED = frozenset({"NameError", "UnboundLocalError", "AttributeError", "ImportError", "ModuleNotFoundError",
                        "KeyError", "ZeroDivisionError"})  # fmt: skip


def fix_shared_default(trouble: Trouble) -> Iterator[Fix]:
    """Yield a copy at the beginning of the failing function for a parameter that it changes up to the failing line."""
    function = trouble.function
    if trouble.source.language != "python" or function is None or trouble.exception in {"", *_UNRELATED}:
        return
    used = _find_use(trouble)
    body = list_children(function.field("body"))
    opening = next((one for one in body if not re.match(r"[rbu]?[\"']", one.text())), None)
    for one in list_children(function.field("parameters")):
        name, value = one.field("name"), one.field("value")
        if name is None or value is None or value.text() not in _MADE or opening is None:
            continue
        whole = re.escape(name.text())
        if _KEEPS.search(name.text()) or re.search(_CHANGES.format(whole), used):
            continue
        recursive = re.search(rf"(?<!def )\b{re.escape(trouble.function_name)}\([^()\n]*\b{whole}\b", function.text())
        if recursive or not re.search(rf"(?<![\w.]){whole}\b", used):
            continue
        run = "\n".join(trouble.source.lines[span_lines(opening)[0] - 1 : trouble.line])
        if not re.search(_CHANGES.format(whole), run):
            continue
        first = span_lines(opening)[0]
        indent = indent_of(trouble.source.lines[first - 1])
        row = f"{indent}{name.text()} = {_MADE[value.text()]}({name.text()})"
        mended = replace_lines(trouble.source, first, first - 1, [row])
        what = f"the default of {name.text()} is one for all calls, which change it; now each changes a copy"
        yield tell_fix(
            trouble, mended.text, what, ("what a caller gives is left as it is", "no log line: no value lacks")
        )
        return


def _find_use(trouble: Trouble) -> str:
    """Return what the failing line asks: the line itself, or, where it raises, the condition above it."""
    rows = trouble.source.lines
    row = rows[trouble.line - 1]
    if not row.strip().startswith("raise "):
        return row
    above = rows[trouble.line - 2] if trouble.line > 1 else ""
    return above if re.match(r"\s*(?:el)?if\b", above) else ""
