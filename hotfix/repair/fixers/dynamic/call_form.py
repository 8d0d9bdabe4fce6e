"""Calls as the language asks for it (JavaScript): `new` for a class, the flag `g` for all, a copy to be sorted."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, list_calls, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import is_plain, replace_node

_NEW = re.compile(r"^Class constructor (\w+) cannot be invoked without 'new'")
_ALL = re.compile(r"(replaceAll|matchAll) (?:must be )?called with a (?:global|non-global) RegExp")
_FIXED = re.compile(r"^Cannot assign to read only property '\d+' of object '\[object Array\]'")
_CALLED = re.compile(r"^(\S.*)\.(\w+) is not a function$")
_ITERATORS = frozenset({"keys", "values", "entries", "matchAll"})
_OF_LISTS = frozenset({"map", "filter", "forEach", "reduce", "find", "some", "every", "slice", "sort", "join",
                       "flatMap", "includes", "indexOf"})  # fmt: skip
_OF_DATES = frozenset({"toISOString", "getTime", "getFullYear", "getMonth", "getDate", "getDay", "getHours",
                       "getUTCFullYear", "getUTCDay", "toLocaleDateString", "toLocaleTimeString"})  # fmt: skip
_ALONE = re.compile(
    r"\b(?:alone|single|one)\b.*\b(?:list|array|several|many)\b|\b(?:list|array)\b.*\b(?:alone|single)\b"
)
_BIG = re.compile(r"^Cannot mix BigInt and other types")


def fix_call_form(trouble: Trouble) -> Iterator[Fix]:
    """Yield the failing call in the form that its message asks for."""
    if trouble.exception not in {"TypeError", "RangeError"} or trouble.source.language == "python":
        return
    for call in list_calls(trouble):
        fresh = _write(trouble, call)
        if fresh is not None:
            what = f"{describe(call.node)} is not how it is called; now it is"
            text = replace_node(trouble.source.text, call.node, fresh)
            yield tell_fix(trouble, text, what, ("it does what it is written for", "no log line: nothing is left out"))
            return
    yield from _make_date(trouble)
    yield from _iterate(trouble)
    yield from _calculate(trouble)


def _write(trouble: Trouble, call: Call) -> str | None:
    made, called = _NEW.match(trouble.message), _CALLED.match(trouble.message)
    if made is not None and call.name == made[1] and call.node.kind() == "call_expression":
        return f"new {call.node.text()}"
    if _ALL.search(trouble.message) and call.name in {"replaceAll", "matchAll"} and call.given:
        pattern = call.given[0]
        flagged = (
            f"{pattern.text()}g"
            if pattern.kind() == "regex"
            else f"new RegExp({pattern.text()}, `${{{pattern.text()}.flags}}g`)"
        )
        rest = ", ".join([flagged, *(one.text() for one in call.given[1:])])
        return f"{call.called}({rest})" if is_plain(pattern) else None
    if _FIXED.match(trouble.message) and call.name in {"sort", "reverse"} and call.holder is not None:
        inside = ", ".join(one.text() for one in call.given)
        return f"[...{call.holder.text()}].{call.name}({inside})"
    if called is not None and call.name == called[2] and call.name in _OF_LISTS and call.holder is not None:
        inside = ", ".join(one.text() for one in call.given)
        return f"[...{call.holder.text()}].{call.name}({inside})" if _is_iterator(trouble, call) else None
    return None


def _is_iterator(trouble: Trouble, call: Call) -> bool:
    """Tell whether a value is gone over but is no list: a set, a map, or what gives their items."""
    held = call.holder.text() if call.holder is not None else ""
    if re.search(rf"\.(?:{'|'.join(_ITERATORS)})\([^()]*\)$", held):
        return not held.startswith("Object.")
    name = re.escape(held)
    made = rf"(?<![\w.]){name}\s*=\s*(?:new (?:Set|Map)\b|[\w.]+\.(?:{'|'.join(_ITERATORS)})\()"
    return re.search(made, trouble.source.text) is not None


def _make_date(trouble: Trouble) -> Iterator[Fix]:
    """Make a date of what JSON gives for one, and a list of what comes alone where the description tells of it."""
    told = _CALLED.match(trouble.message)
    for call in list_calls(trouble) if told is not None else ():
        if told is None or call.name != told[2] or call.holder is None or not is_plain(call.holder):
            continue
        held = call.holder.text()
        said = _ALONE.search(" ".join(describe_function(trouble).split())) is not None
        fresh = (
            f"new Date({held})"
            if call.name in _OF_DATES
            else f"[{held}].flat()"
            if call.name in _OF_LISTS and said
            else ""
        )
        if fresh:
            what = f"{describe(call.holder)} can come in another form, which JSON has for it; both are taken"
            text = replace_node(trouble.source.text, call.holder, fresh)
            yield tell_fix(
                trouble, text, what, ("what came before is taken as before", "no log line: both are ordinary")
            )
            return


def _iterate(trouble: Trouble) -> Iterator[Fix]:
    """Go over the entries of an object, where key and value are asked for."""
    told = re.match(r"^(\S+) is not iterable", trouble.message)
    for node in trouble.nodes:
        over, left = node.field("right"), node.field("left")
        if (
            told is None
            or node.kind() != "for_in_statement"
            or over is None
            or left is None
            or not trouble.lies_in(node)
        ):
            continue
        if over.text() == told[1] and left.kind() == "array_pattern":
            what = f"{describe(over)} is an object, whose entries are gone over; now they are"
            text = replace_node(trouble.source.text, over, f"Object.entries({over.text()})")
            measures = ("keys come in the order in which they were put in", "no log line: nothing is left out")
            yield tell_fix(trouble, text, what, measures, "" if _is_object(trouble, told[1]) else f"what {told[1]} is")


def _is_object(trouble: Trouble, name: str) -> bool:
    return (
        re.search(
            rf"(?:Object\.\w+\({re.escape(name)}\)|{re.escape(name)}\s*=\s*\{{|in {re.escape(name)}\))",
            trouble.source.text,
        )
        is not None
    )


def _calculate(trouble: Trouble) -> Iterator[Fix]:
    """Calculate with numbers, where a database gives big integers for some."""
    if not _BIG.search(trouble.message):
        return
    for node in trouble.nodes:
        left, right = node.field("left"), node.field("right")
        if node.kind() not in {"augmented_assignment_expression", "binary_expression"} or left is None or right is None:
            continue
        if not trouble.lies_in(node) or node.range().end.line + 1 != trouble.line:
            continue
        text = trouble.function.text() if trouble.function is not None else ""
        for side, other in ((right, left), (left, right)):
            number = other.kind() == "number" or re.search(rf"\b{re.escape(other.text())}\s*=\s*\d[\d.]*\s*;", text)
            if number and side.kind() != "number" and is_plain(side):
                what = f"{describe(side)} can be a big integer, which no number is calculated with; it is made one"
                yield tell_fix(
                    trouble, replace_node(trouble.source.text, side, f"Number({side.text()})"), what,
                    ("numbers are taken as before", "no log line: both kinds are ordinary"),
                )  # fmt: skip
                return
