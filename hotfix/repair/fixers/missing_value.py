"""Guards a value that may be missing (None, null, undefined, nil) where something is taken off it."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dialects import Deref
from hotfix.repair.fixers.dialects.logs import is_log_call
from hotfix.repair.fixers.guards import describe, dialect_of, put_guard
from hotfix.repair.fixers.ignored_error import fix_ignored_error
from hotfix.repair.fixers.precedents import find_sibling_exit
from hotfix.repair.fixers.tree import CHAIN, climb_chain, is_plain, key, replace_node
from hotfix.repair.limits import FIXES_EACH

if TYPE_CHECKING:
    from ast_grep_py import SgNode

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
_EXACT = re.compile(r"^(?!['\"])(\S.*?) is not (?:a function|iterable)|of '([^']+)' as it is (?:undefined|null)")
_USES = (
    ("unsupported operand", {"binary_operator", "augmented_assignment"}),
    ("not supported between", {"comparison_operator"}),
    ("object is not iterable", {"for_statement", "for_in_clause"}),
    ("has no len()", {"call"}),
    ("() argument must be", {"call"}),
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
    yield from (one for one in (_fix_optional(trouble), _fix_map(trouble)) if one is not None)
    derefs = [
        one for one in dialect_of(trouble).list_derefs(trouble, trouble.line) if not _is_always_there(trouble, one)
    ]
    for deref in order_derefs(derefs, trouble.message)[:FIXES_EACH]:
        fix = _fix_loop(trouble, deref) or _fix_in_place(trouble, deref) or _fix_before(trouble, deref)
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
        fitting = named or fitting
    if message.startswith(_ITEM):
        fitting = [one for one in fitting if one.whole.kind() == "subscript"] or fitting
    fitting = [one for one in fitting if not _is_call_of_member(one)] or fitting
    return sorted(fitting, key=lambda one: (not _is_lookup(one), one.value.range().start.index))


def _is_side(deref: Deref, message: str) -> bool:
    """Tell whether a value stands where the message has the missing one: a side of the operator, or in the call."""
    called = _first(_CALLED, message)
    if called:
        return deref.whole.text().startswith(f"{called}(") and deref.value.text() != called
    told = _SIDES.search(message)
    if told is None:
        return True
    sides = deref.whole.named_children()
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
        mitigation=not _takes_default(trouble, rf"{re.escape(_name_member(deref))} {re.escape(empty.split()[0])} "),
    )


def _fix_map(trouble: Trouble) -> Fix | None:
    """Leave as elsewhere where a Java map lacks a number that is unboxed, or give it its neutral value."""
    if trouble.source.language != "java" or not re.search(r"\.(?:int|long|double|float)Value\(\)", trouble.message):
        return None
    node = _find_get(trouble)
    arguments = node.field("arguments") if node is not None else None
    target = node.field("object") if node is not None else None
    if node is None or arguments is None or target is None or len(arguments.named_children()) != 1:
        return None
    if find_sibling_exit(trouble, node) is not None and is_plain(node):
        return put_guard(trouble, node, f"{node.text()} == null", f"{describe(node)} is missing")
    asked = arguments.named_children()[0].text()
    zero = {"int": "0", "long": "0L", "double": "0.0", "float": "0.0f"}[
        _first(re.compile(r"\.(\w+)Value"), trouble.message)
    ]
    text = replace_node(trouble.source.text, node, f"{target.text()}.getOrDefault({asked}, {zero})")
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"{target.text()} has nothing for some {asked} ({trouble.place}); then {zero} is taken.",
        measures=("default in place", f"{zero} stands for what is missing: check that it is neutral here"),
        mitigation=not _takes_default(trouble, rf"\b{re.escape(target.text())}\.getOrDefault\([^;\n]*, {zero}\)"),
    )


def _fix_optional(trouble: Trouble) -> Fix | None:
    """Let an Optional of nothing be empty (Java); the message of its own check is empty."""
    if trouble.source.language != "java" or trouble.message:
        return None
    for node in trouble.nodes:
        name, holder = node.field("name"), node.field("object")
        at_line = trouble.lies_in(node)
        if node.kind() != "method_invocation" or not at_line or name is None or holder is None:
            continue
        if (holder.text().rpartition(".")[2], name.text()) == ("Optional", "of"):
            return Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, name, "ofNullable")),
                rationale=f"{describe(node)} can be of nothing at {trouble.place}; then it is empty.",
                measures=("callers ask an Optional anyway", "no log line: an empty one is ordinary"),
            )
    return None


def _is_always_there(trouble: Trouble, deref: Deref) -> bool:
    """Tell whether a value is a field that is final and made with its object (Java)."""
    made = rf"\bfinal\b[^=;(]*\b{re.escape(deref.value.text().removeprefix('this.'))}\s*=\s*new\b"
    return trouble.source.language == "java" and re.search(made, trouble.source.text) is not None


def _find_get(trouble: Trouble) -> "SgNode | None":
    """Return the call of ``get`` at the failing line."""
    for node in trouble.nodes:
        name = node.field("name")
        if node.kind() == "method_invocation" and trouble.lies_in(node) and name is not None and name.text() == "get":
            return node
    return None


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
        mitigation=not in_log
        and not _takes_default(trouble, rf"{re.escape(_name_member(deref))}(?:\?\.| is not None)"),
    )


def _name_member(deref: Deref) -> str:
    """Return the last member of a value, by which other functions name it too; of a bare name that."""
    return re.split(r"(?<=\w)(?=\.\w+$)", deref.value.text())[-1]


def _takes_default(trouble: Trouble, pattern: str) -> bool:
    """Tell whether other code of the file takes the same for what may be missing."""
    own = trouble.function.text() if trouble.function is not None else ""
    return re.search(pattern, trouble.source.text.replace(own, "")) is not None


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
