"""Accepts numbers in an old and a new format (Python, Java): a decimal comma, parted thousands, a whole with ``.0``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import say_type
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import is_plain, list_children, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"(?:could not convert string to float: |base 10: |For input string: |Character , )(['\"]?)(.*)\1")
_READERS = {"float": False, "Decimal": False, "decimal.Decimal": False, "int": True}  # whether only wholes are read
_JAVA = {"parseDouble": False, "parseFloat": False, "parseInt": True, "parseLong": True}


@dataclass(frozen=True, slots=True)
class _Format:
    """A way of writing a number that a reader does not take, and the change that makes it one that it takes."""

    told: re.Pattern[str]
    whole: bool | None  # only for readers of wholes; None: for all
    pattern: str
    replacement: str  # with groups as \\1
    means: str
    refused: str


_FORMATS = (
    _Format(re.compile(r"-?\d+,\d{1,2}"), False, r"^\s*(-?\d+),(\d{1,2})\s*$", r"\1.\2", "with a decimal comma",
            "a comma before three digits is refused as before: it may part thousands"),
    _Format(re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+|-?\d{1,3}(?:,\d{3}){2,}"), None, r",(?=\d{3}(?:\D|$))", "",
            "with commas between thousands", "commas elsewhere are refused as before"),
    _Format(re.compile(r"-?\d{1,3}(?:,\d{3})+"), True, r",(?=\d{3}(?:\D|$))", "", "with commas between thousands",
            "commas elsewhere are refused as before"),
    _Format(re.compile(r"-?\d+\.0+"), True, r"^\s*(-?\d+)\.0+\s*$", r"\1", "with a fraction of nothing",
            "a number with a real fraction is refused as before"),
)  # fmt: skip


def fix_number_format(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading of both formats, where a number failed to be read and its text, if told, is in a known one."""
    if trouble.source.language == "go":
        yield from _fix_go(trouble)
    if trouble.exception not in {"ValueError", "InvalidOperation", "NumberFormatException"}:
        return
    find = {"python": _find_python, "java": _find_java}.get(trouble.source.language or "")
    for node in trouble.nodes if find else ():
        found = find(node, trouble.line) if find else None
        known = _find_format(trouble, whole=found[1]) if found is not None else None
        if found is not None and known is not None:
            yield _accept_both(trouble, found[0], known)
    if trouble.source.language == "java":
        yield from _fix_java(trouble)


def _fix_go(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading that takes blanks around a number (Go)."""
    told = re.search(r'parsing "([^"]*)": invalid syntax', trouble.message.replace("\\n", "\n"))
    for node in trouble.nodes if told is not None else ():
        function, given = node.field("function"), list_children(node.field("arguments"))
        read = function is not None and re.fullmatch(r"strconv\.(?:Atoi|Parse(?:Int|Uint|Float|Bool))", function.text())
        if node.kind() != "call_expression" or not read or not given or told is None or told[1].strip() == told[1]:
            continue
        fresh = f"strings.TrimSpace({given[0].text()})"
        mended, imports = bring_in(
            trouble.source.with_text(replace_node(trouble.source.text, given[0], fresh)), [fresh]
        )
        yield Fix(
            source=mended,
            rationale=f"{given[0].text()} may come with blanks around it ({trouble.place}); it is read so, too.",
            measures=("what was read before is read as before", "what is no number is refused as before"),
            imports=imports,
        )


def _fix_java(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading that takes blanks around a number, or a long number where one is made (Java)."""
    told = re.fullmatch(r'For input string: "(.*?)"(?: .*)?', trouble.message, re.DOTALL)
    text = told[1] if told is not None else ""
    for node in trouble.nodes:
        name, given, holder = node.field("name"), list_children(node.field("arguments")), node.field("object")
        if node.kind() != "method_invocation" or name is None or len(given) != 1 or not trouble.lies_in(node):
            continue
        if name.text() not in {"parseInt", "parseLong", "valueOf"} or holder is None:
            continue
        if text.strip() != text and re.fullmatch(r"[-+]?\d+", text.strip()):
            fresh, means = (
                replace_node(trouble.source.text, given[0], f"{given[0].text()}.trim()"),
                "with blanks around it",
            )
        elif (
            name.text() == "parseInt" and re.fullmatch(r"[-+]?\d{10,18}", text) and say_type(trouble.function) == "long"
        ):
            fresh, means = (
                replace_node(trouble.source.text, node, f"Long.parseLong({given[0].text()})"),
                "larger than an int",
            )
        else:
            continue
        yield Fix(
            source=trouble.source.with_text(fresh),
            rationale=f"{given[0].text()} may come {means} ({trouble.place}); it is read so, too.",
            measures=("what was read before is read as before", "what is no number is refused as before"),
        )


def _find_format(trouble: Trouble, *, whole: bool) -> _Format | None:
    """Return the format of the text in the message; where it does not tell the text, a decimal comma is supposed."""
    fitting = [one for one in _FORMATS if one.whole in {None, whole}]
    told = _TOLD.search(trouble.message)
    if told is None:
        return fitting[0] if trouble.exception == "InvalidOperation" else None
    return next((one for one in fitting if one.told.fullmatch(told[2].strip())), None)


def _find_python(node: "SgNode", line: int) -> tuple["SgNode", bool] | None:
    """Return what is read as a number, and whether as a whole one."""
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind() != "call" or function is None or arguments is None or function.text() not in _READERS:
        return None
    given = arguments.named_children()
    fits = len(given) == 1 and given[0].range().start.line + 1 == line and is_plain(given[0])
    literal = fits and given[0].kind() in {"string", "integer", "float"}
    return (given[0], _READERS[function.text()]) if fits and not literal else None


def _find_java(node: "SgNode", line: int) -> tuple["SgNode", bool] | None:
    name, arguments = node.field("name"), node.field("arguments")
    if node.kind() != "method_invocation" or name is None or arguments is None or name.text() not in _JAVA:
        return None
    given = arguments.named_children()
    fits = len(given) == 1 and given[0].range().start.line + 1 == line
    return (given[0], _JAVA[name.text()]) if fits and given[0].kind() != "binary_expression" else None


def _accept_both(trouble: Trouble, argument: "SgNode", known: _Format) -> Fix:
    source, given = trouble.source, argument.text()
    if source.language == "java":
        pattern = known.pattern.replace("\\", "\\\\")
        replacement = known.replacement.replace("\\", "$")
        fresh = f'{given}.replaceAll("{pattern}", "{replacement}")'
    else:
        pattern, other = known.pattern, f'r"{known.replacement}"' if known.replacement else '""'
        fresh = f're.sub(r"{pattern}", {other}, {given}) if isinstance({given}, str) else {given}'
    mended, imports = bring_in(source.with_text(replace_node(source.text, argument, fresh)), [fresh])
    return Fix(
        source=mended,
        rationale=f"{given} may come {known.means} ({trouble.place}); both ways of writing are read.",
        measures=("what was read before is read as before", known.refused),
        imports=imports,
    )
