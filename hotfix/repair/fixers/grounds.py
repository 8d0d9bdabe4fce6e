"""Finds what a function itself says of leaving early with a value: its own returns, its type, its description.

A value that none of these names is a guess of the guard that gives it.
"""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.tree import key, list_children, walk
from hotfix.repair.source import FUNCTIONS, list_functions, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_NOTHINGS = {
    "None": "none", "null": "null", "undefined": "undefined", "nil": "nil", "False": "false", "false": "false",
    "[]": "empty", "{}": "empty", "()": "empty", '""': "empty", "''": "empty", "set()": "empty", "0": "0|zero|none",
    "0L": "0|zero", "0.0": "0|zero", "0.0f": "0|zero", "-1": "-1", "-1L": "-1", "java.util.List.of()": "empty",
    "java.util.Set.of()": "empty", "java.util.Map.of()": "empty", "List.of()": "empty", "Set.of()": "empty",
    "Map.of()": "empty", "Collections.emptyList()": "empty", "java.util.Optional.empty()": "empty",
    "Optional.empty()": "empty",
}  # fmt: skip
"""What stands for nothing, and the word by which a description names it."""

_MAY_LACK = re.compile(r"\bOptional\b|\|\s*(?:None|null|undefined)\b|^(?:None|null|undefined)\s*\||^None$")
_FAILS = re.compile(r"(?:^|, )(?:(?:fmt\.Errorf|errors\.New)\(.*|err\w*|Err\w+|false)$")
_ABSENCES = frozenset({"None", "null", "undefined", "java.util.Optional.empty()"})
_SAID = (
    r"\b(?:or|else|then|returns?|gives?|yields?) (?:an? )?(?:{0})(?!\w|\.\d)"
    r"|(?<![\w-])(?:{0}) (?:if|when|where|for|without|before|until|unless|otherwise|on|in case)\b"
)
_GIVEN = r'(-?\d+(?:\.\d+)?|"[^"\n]*")'
_NAMED = re.compile(rf"(?<![\w.-]){_GIVEN} (?:when|if|where|for|without)\b|\bmeans (?:\w+ ){{0,3}}{_GIVEN}(?![\w%])")
_WITHOUT = re.compile(r"\b(?:no|none|nothing|nobody|never|empty|blank|missing|without|unknown|not)\b", re.IGNORECASE)
_NUMBERS, _TEXTS = r"int|long|double|float|short|number|u?int\d+|float\d+", r"str|string"
_OWNERS = frozenset({"class_declaration", "record_declaration", "enum_declaration", "class_definition"})
_SHARE = re.compile(r"(?<![\w.])0(?:\.0)? ?(?:to|through|and|\.\.|-|–|…) ?(?:1|1\.0|100)(?![\w.]\d)")
_COMMENT = re.compile(r"^\s*(?://|/?\*|#|@)")


def gives_nothing(statement: str) -> bool:
    """Tell whether a return statement gives no value, or what stands for nothing; in Go an error or false, too."""
    value = _read_value(statement)
    return value in {"", *_NOTHINGS} or _FAILS.search(value) is not None


def find_own_exit(function: "SgNode | None") -> str | None:
    """Return the return statement by which a function itself gives nothing, if it does so in just one way."""
    found = {one.text().strip() for one in list_returns(function) if _read_value(one.text()) in {"", *_NOTHINGS}}
    return found.pop() if len(found) == 1 else None


def find_described_exit(trouble: Trouble) -> str | None:
    """Return the return statement of the one value that a description names for nothing: "0 when nothing was sold"."""
    found = set()
    for clause in re.split(r"[;.](?!\d)|,", describe_function(trouble)):
        named = _NAMED.search(clause) if _WITHOUT.search(clause) else None
        if named is not None:
            found.add(next(group for group in named.groups() if group))
    value = found.pop() if len(found) == 1 else ""
    value = value or _find_named_parameter(trouble) or _find_named_constant(trouble) or _find_least(trouble)
    kind = say_type(trouble.function).strip("\"'")
    fits = (
        re.fullmatch(r"[A-Za-z_][\w.]*", value) is not None
        or not kind
        or re.fullmatch(_TEXTS if value.startswith('"') else _NUMBERS, kind, re.IGNORECASE)
    )
    end = "" if trouble.source.language in {"python", "go"} else ";"
    return f"return {value}{end}" if value and fits else None


def _find_least(trouble: Trouble) -> str:
    """Return 0 for a share of nothing, where a description says of what the shares go: "0 to 1"."""
    divided = trouble.exception in {"ZeroDivisionError", "ArithmeticException"} or "divide by zero" in trouble.message
    return "0" if divided and _SHARE.search(describe_function(trouble)) else ""


def _find_named_parameter(trouble: Trouble) -> str:
    """Return the parameter that a description gives back as it is: "or the address itself where it has none"."""
    parameters = trouble.function.field("parameters") if trouble.function is not None else None
    names = {one.text() for one in walk(parameters) if one.kind() == "identifier"} if parameters is not None else set()
    said = re.findall(r"\b(?:the|its) (\w+) (?:itself|as it (?:is|was|came)|unchanged)\b", describe_function(trouble))
    found = names & set(said)
    return found.pop() if len(found) == 1 else ""


def _find_named_constant(trouble: Trouble) -> str:
    """Return the constant of the result's own type that a description names for what is unknown: "OTHER where …"."""
    kind = say_type(trouble.function)
    text = describe_function(trouble)
    values = {value for clause in re.split(r"[;.,]", text) if _WITHOUT.search(clause)
              for value in re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", clause)}  # fmt: skip
    declared = re.search(rf"\benum {re.escape(kind)}\b[^{{]*\{{([^}};]*)", "\n".join(
        source.text for source in trouble.sources.values())) if kind else None  # fmt: skip
    known = {value for value in values if declared is not None and re.search(rf"\b{value}\b", declared[1])}
    return f"{kind}.{known.pop()}" if len(known) == 1 else ""


def find_ground(trouble: Trouble, statement: str) -> str:
    """Return, as half a sentence, what in a function speaks for leaving it by a return statement; empty: nothing.

    Args:
        trouble: where it failed.
        statement: ``return`` with its value, in the language of the file.
    """
    value, function = _read_value(statement), trouble.function
    if value in {_read_value(one.text()) for one in list_returns(function)}:
        return "as it does elsewhere"
    if statement == find_described_exit(trouble):
        return "as its description says"
    kind = say_type(function)
    if trouble.source.language == "go":
        if re.search(r"(?:^|[\s,(])error\)?$", kind) or re.search(r",\s*(?:\w+\s+)?bool\)$", kind):
            return f"as its type {kind} says"
    elif value in _ABSENCES and _MAY_LACK.search(kind.strip("\"'")):
        return f"as its type {kind} says"
    word = _NOTHINGS.get(value)
    if word and re.search(_SAID.format(word), describe_function(trouble), re.IGNORECASE):
        return "as its description says"
    return ""


def describe_function(trouble: Trouble) -> str:
    """Return what a comment above a function, or its docstring, says of it."""
    if trouble.function is None:
        return ""
    opening = list_children(trouble.function.field("body"))[:1]
    strings = [one.text() for one in opening if trouble.source.language == "python" and one.text()[-1] in "\"'"]
    return "\n".join([_read_above(trouble, span_lines(trouble.function)[0]), *strings]).strip("\n")


def describe_owner(trouble: Trouble) -> str:
    """Return what comments say above the class around a function, or, in Go, above the type of its receiver."""
    if trouble.function is None:
        return ""
    receiver = trouble.function.field("receiver")
    if receiver is not None:
        named = re.search(r"\*?(\w+)(?:\[.*\])?\s*\)$", receiver.text())
        pattern = rf"type {named[1]}\b" if named else r"(?!)"
        places = [number for number, row in enumerate(trouble.source.lines, start=1) if re.match(pattern, row)]
    else:
        around = [one for one in trouble.function.ancestors() if one.kind() in _OWNERS]
        places = [span_lines(one)[0] for one in around]
    return "\n".join(_read_above(trouble, place) for place in places)


def describe_around(trouble: Trouble) -> str:
    """Return what comments say above a function, above its class, and above the functions of the file that call it."""
    called = re.compile(rf"\b{re.escape(trouble.function_name)}\b(?:\(|\))") if trouble.function_name else None
    callers = [
        _read_above(trouble, span_lines(one)[0])
        for one in list_functions(trouble.source)
        if called is not None and one.field("body") is not None and called.search(_text(one, "body"))
    ]
    return "\n".join([describe_function(trouble), describe_owner(trouble), *callers])


def _text(node: "SgNode", field: str) -> str:
    part = node.field(field)
    return part.text() if part is not None else ""


def _read_above(trouble: Trouble, first: int) -> str:
    """Return the lines of comments right above a line (1-based)."""
    rows = []
    while first > 1 and _COMMENT.match(trouble.source.lines[first - 2]):
        first -= 1
        rows.append(trouble.source.lines[first - 1])
    return "\n".join(reversed(rows))


def say_type(function: "SgNode | None") -> str:
    """Return the type that a function declares for its result, as it is written; nothing where it declares none."""
    kinds = [function.field(name) for name in ("return_type", "type", "result")] if function is not None else []
    return next((kind.text().lstrip(": ") for kind in kinds if kind is not None), "")


def list_returns(function: "SgNode | None") -> "list[SgNode]":
    """Return the return statements of a function, not those of functions in it."""
    return [] if function is None else [
        node for node in walk(function) if node.kind() == "return_statement"
        and key(next((above for above in node.ancestors() if above.kind() in FUNCTIONS), function)) == key(function)
    ]  # fmt: skip


def _read_value(statement: str) -> str:
    return statement.strip().removeprefix("return").strip(" ;")
