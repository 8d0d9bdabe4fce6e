"""Finds what in the code speaks for leaving a function early, and how: a guard's value is else a guess.

A function of the same file that asks the same and leaves; the function's own returns, its type, its description. What
is looked for is written down; nothing is supposed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.dialects.logs import is_log_call
from hotfix.repair.fixers.grounds import gives_nothing, list_returns, say_type
from hotfix.repair.fixers.lookups import Lookup, list_bound, read_lookup
from hotfix.repair.fixers.tree import BLOCKS, CALLS, key, list_children, walk
from hotfix.repair.source import list_functions, name_function

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LEAVES = frozenset({"return_statement", "raise_statement", "throw_statement"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_ABSENT = (
    r"not {0}|!\s*{0}|{0} is None|{0} ?={{2,3}} ?(?:null|undefined|nil|None|0)|!\s*{0}\.length|{0}\.isEmpty\(\)"
    r"|!{0}\.isPresent\(\)|len\({0}\) ?(?:==|<=?) ?\w+|{0}\.(?:length|size)(?:\(\))? ?(?:={{2,3}}|<=?) ?\w+"
)
_UNKNOWN = r"(\w+) not in {0}|!\s*{0}\.(?:has|containsKey|hasOwnProperty)\((\w+)\)|not {0}\.get\((\w+)\)"


_LACKS = re.compile(
    r"is None|={2,3} ?(?:null|undefined|nil|0)\b|^not [\w.]+(?:\[[^\]]*\])?$|^!\s*[\w.]+$|\bnot in\b"
    r"|\berr\w* != nil"  # it could not be read
    r"|!\s*[\w.]+\.(?:has|containsKey)\(|\.isEmpty\(\)|\.get\(|isinstance\(|!ok\b|len\(|\.(?:length|size\(\)) ?<"
)
"""Conditions by which something is left out because it lacks something."""


@dataclass(frozen=True)
class Exit:
    """How another function leaves where it asks the same."""

    statement: str
    by: str  # its name


@dataclass(frozen=True)
class _Asked:
    """What may be missing: something with a text of its own, and the lookup that it is or came from."""

    text: str
    lookup: Lookup | None = None


def find_sibling_exit(trouble: Trouble, node: "SgNode") -> Exit | None:
    """Return how the one way is written in which other functions of the file leave where they ask the same; else None.

    Args:
        trouble: where it failed.
        node: what is missing, empty or zero.
    """
    if trouble.function is None:
        return None
    found: dict[str, str] = {}
    for other in list_functions(trouble.source):
        if key(other) == key(trouble.function) or not name_function(other):
            continue
        for condition, statement in _list_guards(other):
            names = _match(condition, _find_asked(trouble.nodes, node), other, trouble)
            written = _rewrite(statement, names, other, trouble) if names is not None else None
            if written is not None and _fits(statement, written, other, trouble):
                found.setdefault(written, name_function(other))
    return Exit(*found.popitem()) if len(found) == 1 else None


def _list_guards(function: "SgNode") -> Iterator[tuple[str, "SgNode"]]:
    """Yield the condition of each guard of a function, and the statement that leaves."""
    for node in walk(function):
        condition, body = node.field("condition"), node.field("consequence")
        if node.kind() != "if_statement" or condition is None or body is None or node.field("alternative"):
            continue
        rows = list_children(body) if body.kind() in BLOCKS else [body]
        rows = [inner for one in rows for inner in (list_children(one) if one.kind() == "statement_list" else [one])]
        last = [one for one in rows if not is_log_call(one.text()) and "comment" not in one.kind()]
        if len(last) == 1 and last[0].kind() in _LEAVES:
            yield _strip_brackets(re.sub(r"\s+", " ", condition.text())), last[0]


def _strip_brackets(text: str) -> str:
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def _find_asked(nodes: "tuple[SgNode, ...]", node: "SgNode") -> tuple[_Asked, ...]:
    """Return what a node is, what it was given in its function, and what it is an item of."""
    lookup = read_lookup(node)
    asked = [_Asked(node.text(), lookup)]
    if node.kind() == "identifier":
        asked += [_Asked(one.name, one.lookup) for one in list_bound(nodes) if one.name == node.text()]
    elif lookup is not None and node.kind() not in CALLS:
        asked.append(_Asked(lookup.taken_of))
    return tuple(asked)


def _match(condition: str, asked: tuple[_Asked, ...], other: "SgNode", trouble: Trouble) -> dict[str, str] | None:
    """Return which names of another function stand for what here, where its condition asks the same; else None."""
    shared = _list_parameters(other) & _list_parameters(trouble.function)
    local = _list_locals(other) | _list_locals(trouble.function)
    for one in asked:
        lasting = re.search(r"[.\[]", one.text) or one.text in shared or one.text not in local
        if lasting and re.fullmatch(_ABSENT.format(re.escape(one.text)), condition):
            return {}
        if one.lookup is None:
            continue
        unknown = re.fullmatch(_UNKNOWN.format(re.escape(one.lookup.taken_of)), condition)
        if unknown is not None and len(one.lookup.given) == 1:
            return {next(group for group in unknown.groups() if group): one.lookup.given[0]}
        for bound in list_bound(walk(other)):
            pairs = list(zip(bound.lookup.given, one.lookup.given, strict=False))
            same = bound.lookup.taken_of == one.lookup.taken_of and len(bound.lookup.given) == len(one.lookup.given)
            if same and re.fullmatch(_ABSENT.format(re.escape(bound.name)), condition):
                return {bound.name: one.text, **dict(pairs)}
    return None


def _list_parameters(function: "SgNode | None") -> set[str]:
    """Return the names in the head of a function."""
    parameters = function.field("parameters") if function is not None else None
    receiver = function.field("receiver") if function is not None else None
    return {one.text() for part in (parameters, receiver) if part is not None for one in walk(part)
            if one.kind() in _NAMES}  # fmt: skip


def _list_locals(function: "SgNode | None") -> set[str]:
    """Return the names that a function declares itself, in its head or its body."""
    declares = [node.field("left") or node.field("name") for node in walk(function)] if function is not None else []
    return _list_parameters(function) | {one.text() for part in declares if part is not None for one in walk(part)
                                         if one.kind() in _NAMES}  # fmt: skip


def _rewrite(statement: "SgNode", names: dict[str, str], other: "SgNode", trouble: Trouble) -> str | None:
    """Return a statement of another function in the names of this one; None where it needs more than these."""
    text, start = statement.text(), key(statement)[0]
    own = _list_locals(other)
    for node in reversed([one for one in walk(statement) if one.kind() in _NAMES]):
        name = node.text()
        if name in names:
            first, last = key(node)
            text = text[: first - start] + names[name] + text[last - start :]
        elif name in own and name not in _list_parameters(trouble.function):
            return None
    return None if "\n" in text else text


def _fits(statement: "SgNode", written: str, other: "SgNode", trouble: Trouble) -> bool:
    """Tell whether what another function gives, or throws, is what this one may."""
    if trouble.function is None:
        return False
    if statement.kind() != "return_statement":
        throws = [[one.text() for one in function.children() if one.kind() == "throws"]
                  for function in (other, trouble.function)]  # fmt: skip
        return not throws[0] or throws[0] == throws[1]
    if not gives_nothing(written):
        return False  # a value of its own, which means something there
    types = [say_type(function) for function in (other, trouble.function)]
    if types[0] or types[1]:
        return types[0] == types[1]
    own = {one.text().strip(" ;") for one in list_returns(trouble.function)}
    return written.strip(" ;") in (own or {"return"})


def find_loop_ground(trouble: Trouble, node: "SgNode", loop: "SgNode") -> str:
    """Return what speaks for leaving an item of a loop out: others that lack something are, there or elsewhere.

    Empty: nothing does. That a line of a comment is passed by, say, speaks for nothing.
    """
    if any(_LACKS.search(_say_condition(one)) for one in walk(loop) if one.kind() == "continue_statement"):
        return "as the loop leaves out others"
    member = re.fullmatch(r"\w+\.(\w+)", node.text())
    if member is None:
        return ""
    kept = re.compile(rf"\w+\.{member[1]} (?:is not None|!==? (?:null|undefined|nil)\b)")
    for other in list_functions(trouble.source):
        chooses = [one for one in walk(other) if one.kind() in {"if_clause", "if_statement", "arrow_function"}]
        if any(kept.search(one.text().partition("\n")[0]) for one in chooses):
            return f"as {name_function(other) or 'another function'} does"
    return ""


def _say_condition(leaves: "SgNode") -> str:
    """Return the condition under which a statement is reached: that of the innermost question around it."""
    for above in leaves.ancestors():
        condition = above.field("condition") if above.kind() == "if_statement" else None
        if condition is not None:
            return _strip_brackets(condition.text())
    return ""
