"""Divides and rounds exact decimals that have no end (Java's BigDecimal), as the code base rounds elsewhere."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node
from hotfix.repair.source import span_lines

_DIVIDE = re.compile(r"\.divide\([^;]*?,\s*(\d+|[A-Z_]+),\s*(?:java\.math\.)?RoundingMode\.(\w+)\)")
_MODE = re.compile(r"\bRoundingMode\.([A-Z_]+)\b")


def fix_rounded(trouble: Trouble) -> Iterator[Fix]:
    """Yield a precision, or a way of rounding, for the failing call."""
    if trouble.exception != "ArithmeticException" or trouble.source.language != "java":
        return
    endless, strict = "Non-terminating decimal" in trouble.message, "Rounding necessary" in trouble.message
    wanted, count = ("divide", 1) if endless else ("setScale", 1)
    for node in trouble.nodes if endless or strict else ():
        name, arguments = node.field("name"), node.field("arguments")
        given = arguments.named_children() if arguments is not None else []
        if node.kind() != "method_invocation" or name is None or name.text() != wanted or len(given) != count:
            continue
        if not span_lines(node)[0] <= trouble.line <= span_lines(node)[1]:
            continue
        extra, like = _choose(trouble, endless=endless)
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, given[0], f"{given[0].text()}, {extra}")),
            rationale=f"{describe(node)} has no exact result for some numbers ({trouble.place}); it is {like} then.",
            measures=("what came out exactly is the same in value", f"rounding: {extra}"),
            mitigation="guess" in like,
        )


def _choose(trouble: Trouble, *, endless: bool) -> tuple[str, str]:
    """Return how to round, and in words why so: as the other calls of the code base, if these agree."""
    texts = [source.text for source in trouble.sources.values() if source.language == "java"]
    if endless:
        ways = {(found[1], found[2]) for text in texts for found in _DIVIDE.finditer(text)}
        if len(ways) == 1:
            digits, mode = ways.pop()
            if digits.isdigit():
                return f"{digits}, java.math.RoundingMode.{mode}", "rounded as other divisions are"
        return "java.math.MathContext.DECIMAL128", "exact to 34 digits"
    modes = {found[1] for text in texts for found in _MODE.finditer(text)} - {"UNNECESSARY"}
    if len(modes) == 1:
        return f"java.math.RoundingMode.{modes.pop()}", "rounded as it is elsewhere"
    return "java.math.RoundingMode.HALF_UP", "rounded half up, which is a guess"
