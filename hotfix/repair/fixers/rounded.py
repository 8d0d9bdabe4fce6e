"""Divides and rounds exact decimals that have no end (Java's BigDecimal), as the code base rounds elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_DIVIDE = re.compile(r"\.divide\([^;]*?,\s*(\d+|[A-Z_]+),\s*(?:java\.math\.)?RoundingMode\.(\w+)\)")
_MODE = re.compile(r"\bRoundingMode\.([A-Z_]+)\b")


@dataclass(frozen=True, slots=True)
class _Rounding:
    """A way of rounding."""

    arguments: str  # that the call lacks
    means: str  # in words
    measure: str  # what it leaves as it was, or changes
    told: bool  # the code base rounds like this elsewhere


def fix_rounded(trouble: Trouble) -> Iterator[Fix]:
    """Yield a precision, or a way of rounding, for the failing call; one that nothing tells is a mitigation."""
    if trouble.exception != "ArithmeticException" or trouble.source.language != "java":
        return
    endless, strict = "Non-terminating decimal" in trouble.message, "Rounding necessary" in trouble.message
    wanted = "divide" if endless else "setScale"
    for node in trouble.nodes if endless or strict else ():
        name, given = node.field("name"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or name.text() != wanted or len(given) != 1:
            continue
        if not trouble.lies_in(node):
            continue
        way = _choose_division(trouble) if endless else _choose_mode(trouble)
        fresh = f"{given[0].text()}, {way.arguments}"
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, given[0], fresh)),
            rationale=f"{describe(node)} has no exact result for some numbers ({trouble.place}); it is {way.means}.",
            measures=(way.measure, f"rounding: {way.arguments}"),
            guess="" if way.told else f"how {describe(node)} is rounded",
        )


def _choose_division(trouble: Trouble) -> _Rounding:
    """Return how to divide: as the other divisions of the code base, where these agree, else to many digits."""
    ways = {(found[1], found[2]) for text in _list_texts(trouble) for found in _DIVIDE.finditer(text)}
    digits, mode = ways.pop() if len(ways) == 1 else ("", "")
    if digits.isdigit():
        changed = f"a result with more than {digits} digits behind the point is rounded too"
        way = f"{digits}, java.math.RoundingMode.{mode}"
        return _Rounding(way, "rounded as other divisions are", changed, told=True)
    kept = "a result of up to 34 digits is the same in value"
    return _Rounding("java.math.MathContext.DECIMAL128", "rounded to 34 digits where it has no end", kept, told=False)


def _choose_mode(trouble: Trouble) -> _Rounding:
    """Return how to round: as it is done elsewhere, where that is one way, else half up."""
    kept = "what has no more digits is the same in value"
    modes = {found[1] for text in _list_texts(trouble) for found in _MODE.finditer(text)} - {"UNNECESSARY"}
    if len(modes) == 1:
        return _Rounding(f"java.math.RoundingMode.{modes.pop()}", "rounded as it is elsewhere", kept, told=True)
    return _Rounding("java.math.RoundingMode.HALF_UP", "rounded half up, which is a guess", kept, told=False)


def _list_texts(trouble: Trouble) -> list[str]:
    return [source.text for source in trouble.sources.values() if source.language == "java"]
