"""Makes the parent of an object before the object (Python, JavaScript): what the parent holds is missing else."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, tell_fix, walk_all
from hotfix.repair.fixers.tree import list_children
from hotfix.repair.source import name_function, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LACKS = re.compile(r"^'(\w+)' object has no attribute '(\w+)'")
_ORDER = re.compile(r"^Must call super constructor")


def fix_parent_made(trouble: Trouble) -> Iterator[Fix]:
    """Yield the call that makes the parent, first in the constructor of the child."""
    if trouble.exception == "AttributeError" and trouble.source.language == "python":
        yield from _fix_python(trouble)
    elif _ORDER.search(trouble.message) and trouble.function is not None:
        yield from _fix_script(trouble, trouble.function)


def _fix_python(trouble: Trouble) -> Iterator[Fix]:
    told = _LACKS.match(trouble.message)
    classes = {name.text(): node for node in walk_all(trouble)
               if node.kind() == "class_definition" and (name := node.field("name")) is not None}  # fmt: skip
    child = classes.get(told[1]) if told is not None else None
    bases = list_children(child.field("superclasses")) if child is not None else []
    parent = classes.get(bases[0].text()) if bases else None
    own, made = _find_maker(child), _find_maker(parent)
    if told is None or own is None or made is None or "super()" in own.text():
        return
    if not re.search(rf"\bself\.{told[2]}\s*(?::[^=\n]+)?=(?!=)", made.text()):
        return
    asked, given = _list_needed(made), re.findall(r"\w+", _say_parameters(own))
    if set(asked) <= set(given):
        rows = [one for one in list_children(own.field("body")) if not one.text().startswith(('"', "'"))]
        first = span_lines(rows[0])[0]
        row = f"{indent_of(trouble.source.lines[first - 1])}super().__init__({', '.join(asked)})"
        mended = replace_lines(trouble.source, first, first - 1, [row])
        yield _say(trouble, mended.text)


def _find_maker(node: "SgNode | None") -> "SgNode | None":
    rows = list_children(node.field("body")) if node is not None else []
    return next((one for one in rows if name_function(one) == "__init__"), None)


def _say_parameters(function: "SgNode") -> str:
    parameters = function.field("parameters")
    return parameters.text() if parameters is not None else ""


def _list_needed(function: "SgNode") -> list[str]:
    """Return the parameters of a constructor that have no default."""
    parameters = [one.text() for one in list_children(function.field("parameters"))]
    return [re.split(r"\W", one)[0] for one in parameters if one != "self" and "=" not in one]


def _fix_script(trouble: Trouble, function: "SgNode") -> Iterator[Fix]:
    rows = list_children(function.field("body"))
    called = next((one for one in rows if one.text().startswith("super(")), None)
    if not rows or called is None or span_lines(called)[0] == span_lines(rows[0])[0]:
        return
    first, lines = span_lines(rows[0])[0], span_lines(called)
    held = trouble.source.lines[lines[0] - 1 : lines[1]]
    text = replace_lines(replace_lines(trouble.source, *lines, []), first, first - 1, held).text
    yield _say(trouble, text)


def _say(trouble: Trouble, text: str) -> Fix:
    what = "the parent of the object is not made before something of it is used; now it is made first"
    return tell_fix(trouble, text, what, ("the object holds what it held", "no log line: nothing is missing then"))
