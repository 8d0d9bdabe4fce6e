"""Guards a value that may be missing (None, null, undefined, nil) where something is taken off it."""

import re
from collections.abc import Iterator, Sequence

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dialects import Deref
from hotfix.repair.fixers.dialects.logs import is_log_call
from hotfix.repair.fixers.guards import describe, dialect_of, put_guard
from hotfix.repair.fixers.ignored_error import fix_ignored_error
from hotfix.repair.fixers.java_missing import fix_map, fix_optional
from hotfix.repair.fixers.tree import CHAIN, climb_chain, is_plain, key, replace_node
from hotfix.repair.limits import FIXES_EACH

_EXCEPTIONS = frozenset({"TypeError", "AttributeError", "NullPointerException", "panic"})
_TOLD = re.compile(
    r"NoneType|\bnull\b|undefined|nil pointer|is not a function|is not iterable|Cannot destructure|None\b",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r"\(reading '([^']+)'\)|\(setting '([^']+)'\)|has no attribute '(\w+)'|property '(\w+)' of '[^']+' as it is"
    r"|(?:invoke|read field|assign field) \"(?:[^\"]*\.)?(\w+)(?:\([^\"]*\))?\""
)
_VALUE = re.compile(
    r"because \"(?:this\.)?([\w.$]+)(?:\(\))?\" is null|because the return value of \"(?:[^\"]*\.)?(\w+)\("
)
_EXACT = re.compile(
    r"^(?!['\"]|argument of type)(\S.*?) is not (?:a function|iterable)|of '([^']+)' as it is (?:undefined|null)"
)
_USES = (
    ("unsupported operand", {"binary_operator", "augmented_assignment"}),
    ("not supported between", {"comparison_operator"}),
    ("object is not iterable", {"for_statement", "for_in_clause"}),
    ("has no len()", {"call"}),
    ("() argument must be", {"call"}),
    ("argument of type 'NoneType' is not iterable", {"comparison_operator"}),
    ("conversion from NoneType", {"call"}),
)
_CALLED = re.compile(r"has no (len)\(\)|(int|float)\(\) argument must be|conversion from NoneType to (Decimal)")
_SIDES = re.compile(
    r"(?:operand type\(s\) for |^')(\S+?)(?::|' not supported between instances of) '(\w+)' and '(\w+)'"
)
_TAKES = CHAIN | {"variable_declarator", "unary_expression"}
_SLOTS = frozenset(
    {"pair", "keyword_argument", "list", "array", "dictionary", "object", "interpolation", "template_substitution"}
)
_ITEM = ("'NoneType' object is not subscriptable", "'NoneType' object does not support item")


def fix_missing_value(trouble: Trouble) -> Iterator[Fix]:
    """Yield a default in place, or a guard before the statement, for each value that may have been missing."""
    if trouble.exception not in _EXCEPTIONS or (trouble.message and not _TOLD.search(trouble.message)):
        return
    if trouble.function is None or next(fix_ignored_error(trouble), None) is not None:
        return  # an error that nobody looked at says more than the value that is missing by it
    yield from (one for one in (fix_optional(trouble), fix_map(trouble)) if one is not None)
    derefs = [
        one for one in dialect_of(trouble).list_derefs(trouble, trouble.line) if not _is_always_there(trouble, one)
    ]
    for deref in order_derefs(derefs, trouble.message)[:FIXES_EACH]:
        fix = (
            _fix_call(trouble, deref)
            or _fix_loop(trouble, deref)
            or _fix_in_place(trouble, deref)
            or _fix_before(trouble, deref)
        )
        if fix is not None:
            yield fix


def order_derefs(derefs: Sequence[Deref], message: str) -> list[Deref]:
    """Return the places that fit the message, the likeliest first: what was looked up before what has a name."""
    exact = _first(_EXACT, message)
    if exact:
        return [one for one in derefs if one.value.text() == exact][:1]
    used = next((kinds for words, kinds in _USES if words in message), None)
    if used is not None:
        return [one for one in derefs if one.whole.kind() in used and _is_side(one, message)]
    derefs = [one for one in derefs if one.whole.kind() in _TAKES]
    member = _first(_MEMBER, message)
    value = _first(_VALUE, message)
    fitting = [one for one in derefs if not member or one.member == member or member.endswith("Value")] or list(derefs)
    if value:
        named = [
            one for one in fitting if one.value.text().split("(")[0].rpartition(".")[2] == value.rpartition(".")[2]
        ]
        fitting = named  # what has another name is null in code that this line calls
    if message.startswith(_ITEM):
        fitting = [one for one in fitting if one.whole.kind() == "subscript"] or fitting
    fitting = [one for one in fitting if not _is_call_of_member(one)] or fitting
    return sorted(fitting, key=lambda one: (not _is_lookup(one), one.value.range().start.index))


def _is_side(deref: Deref, message: str) -> bool:
    """Tell whether a value stands where the message has the missing one: a side of the operator, or in the call."""
    called = _first(_CALLED, message)
    if called:
        return deref.whole.text().startswith(f"{called}(") and deref.value.text() != called
    told, sides = _SIDES.search(message), deref.whole.named_children()
    if message.startswith("argument of type"):
        return bool(sides) and key(sides[-1]) == key(deref.value)
    if told is None:
        return True
    side = sides[0 if told[2] == "NoneType" else -1] if sides else None
    return f" {told[1]}" in deref.whole.text() and side is not None and key(side) == key(deref.value)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), "") if found else ""


def _is_call_of_member(deref: Deref) -> bool:
    """Tell whether a place is a call of a method: what is missing then is what the method is taken off."""
    return deref.whole.kind() in {"call", "call_expression"}


def _is_lookup(deref: Deref) -> bool:
    """Tell whether the value was itself looked up: such are missing more often than what has a name."""
    return deref.value.kind() not in {"identifier", "this"} and is_plain(deref.value)


def _fix_loop(trouble: Trouble, deref: Deref) -> Fix | None:
    """Loop over nothing where what is looped over is missing (Python, JavaScript)."""
    empty = {"for_statement": "or ()", "for_in_clause": "or ()", "for_in_statement": "?? []"}.get(deref.whole.kind())
    if empty is None:
        return None
    text = replace_node(trouble.source.text, deref.value, f"{deref.value.text()} {empty}")
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"{describe(deref.value)} can be missing at {trouble.place}; then there is nothing to loop over.",
        measures=("default in place", "no log line: nothing to do is ordinary there"),
        guess=""
        if re.search(rf"{re.escape(_name_member(deref))} {re.escape(empty.split()[0])} ", trouble.elsewhere)
        else f"whether {describe(deref.value)} may be missing",
    )


def _fix_call(trouble: Trouble, deref: Deref) -> Fix | None:
    """Call what may be missing only where it is there, in a statement of its own (JavaScript)."""
    parent, arguments = deref.whole.parent(), deref.whole.field("arguments")
    alone = parent is not None and parent.kind() == "expression_statement"
    told = trouble.message == f"{deref.value.text()} is not a function"
    if deref.whole.kind() != "call_expression" or arguments is None or not alone or not told:
        return None
    member = re.escape(_name_member(deref))
    asked = rf"\bif \(\w*{member}\)|{member}(?:\?\.\(| && )|typeof \w*{member} [!=]==? 'function'"
    return Fix(
        source=trouble.source.with_text(
            replace_node(trouble.source.text, deref.whole, f"{deref.value.text()}?.{arguments.text()}")
        ),
        rationale=f"{describe(deref.value)} can be missing at {trouble.place}; then it is not called.",
        measures=("a call where there is something to call", "no log line: what may be left out is ordinary"),
        guess="" if re.search(asked, trouble.elsewhere) else f"whether {describe(deref.value)} may be left out",
    )


def _is_always_there(trouble: Trouble, deref: Deref) -> bool:
    """Tell whether a value is a field that is final and made with its object (Java)."""
    made = rf"\bfinal\b[^=;(]*\b{re.escape(deref.value.text().removeprefix('this.'))}\s*=\s*new\b"
    return trouble.source.language == "java" and re.search(made, trouble.source.text) is not None


def _fix_in_place(trouble: Trouble, deref: Deref) -> Fix | None:
    """Give a default where the value only fills a slot and nothing else is taken off it."""
    chain = climb_chain(deref.value)
    parent = chain.parent()
    in_log = any(
        above.kind() in {"call", "call_expression", "method_invocation"} and is_log_call(above.text())
        for above in chain.ancestors()
    )
    if parent is None or not is_plain(deref.value) or not (parent.kind() in _SLOTS or in_log):
        return None
    if _count_uses(trouble, deref) > 1:
        return None
    fresh = dialect_of(trouble).use_default(chain, deref)
    if fresh is None:
        return None
    return Fix(
        source=trouble.source.with_text(replace_node(trouble.source.text, chain, fresh)),
        rationale=f"{describe(deref.value)} can be missing at {trouble.place}; then "
        f"{describe(chain)} is left empty and the rest goes on.",
        measures=("default in place: the shape of the result stays", "no log line: an empty value is ordinary there"),
        guess=""
        if in_log or re.search(rf"{re.escape(_name_member(deref))}(?:\?\.| is not None)", trouble.elsewhere)
        else f"whether {describe(chain)} may be left empty",
    )


def _name_member(deref: Deref) -> str:
    """Return the last member of a value, by which other functions name it too; of a bare name that."""
    return re.split(r"(?<=\w)(?=\.\w+$)", deref.value.text())[-1]


def _count_uses(trouble: Trouble, deref: Deref) -> int:
    """Count how often something is taken off the same value from the failing line on."""
    if trouble.function is None:
        return 0
    wanted, start = deref.value.text(), key(deref.value)[0]
    dialect = dialect_of(trouble)
    lines = range(trouble.line, trouble.function.range().end.line + 2)
    found = {key(one.value) for line in lines for one in dialect.list_derefs(trouble, line)
             if one.value.text() == wanted and key(one.value)[0] >= start}  # fmt: skip
    return len(found)


def _fix_before(trouble: Trouble, deref: Deref) -> Fix | None:
    """Guard the statement; a value that is the result of a call is left alone, as asking twice may do harm."""
    if not is_plain(deref.value):
        return None
    condition = dialect_of(trouble).say_missing(deref.value.text())
    if trouble.message.endswith("is not a function"):
        condition = f"typeof {deref.value.text()} !== 'function'"
    return put_guard(trouble, deref.value, condition, f"{describe(deref.value)} is missing")
