"""Says which value a map keeps where a key comes twice (Java): `Collectors.toMap` throws without that."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_function, describe_owner
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_OPERATOR, _NATURAL = "java.util.function.BinaryOperator", "java.util.Comparator.naturalOrder()"
_WAYS = (
    (r"\b(?:last|latest|later|newest|newer|most recent|overwrit\w+|overrid\w+|replac\w+|updates?)\b",
     "(earlier, later) -> later", "the later one is kept"),
    (r"\b(?:first|earliest|earlier|oldest|original)\b", "(earlier, later) -> earlier", "the earlier one is kept"),
    (r"\b(?:sums?|totals?|added up|altogether|how (?:many|much)|together)\b", "", "they are added up"),
    (r"\b(?:largest|highest|greatest|biggest|maximum)\b", f"{_OPERATOR}.maxBy({_NATURAL})", "the largest is kept"),
    (r"\b(?:smallest|lowest|cheapest|minimum)\b", f"{_OPERATOR}.minBy({_NATURAL})", "the smallest is kept"),
)  # fmt: skip
"""Words of a description, the function that merges, and what it means."""

_SUMS = {"Integer": "Integer::sum", "Long": "Long::sum", "Double": "Double::sum", "BigDecimal": "BigDecimal::add"}


def fix_merged(trouble: Trouble) -> Iterator[Fix]:
    """Yield the value that is kept, as the description of the function, or of its class, says."""
    if not trouble.message.startswith("Duplicate key ") or trouble.source.language != "java":
        return
    for node in trouble.nodes:
        name, given = node.field("name"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or len(given) != 2:
            continue
        if (
            name.text() not in {"toMap", "toUnmodifiableMap", "toConcurrentMap"}
            or node.range().end.line + 1 < trouble.line
        ):
            continue
        chosen = _choose(trouble)
        if chosen is None:
            return
        fresh = f"{given[1].text()}, {chosen[0]}"
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, given[1], fresh)),
            rationale=f"A key can come twice at {trouble.place}; then {chosen[1]}.",
            measures=("keys that come once are mapped as before", f"{describe(node)}: as its description says"),
        )


def _choose(trouble: Trouble) -> tuple[str, str] | None:
    """Return the function that merges two values of a key, and what it means; None where no description says."""
    for text in (describe_function(trouble), describe_owner(trouble)):
        found = [(way, means) for words, way, means in _WAYS if re.search(words, text, re.IGNORECASE)]
        if len(found) == 1:
            way, means = found[0]
            kinds = {kind for kind in _SUMS if re.search(rf"\bMap<\w+, {kind}>", trouble.source.text)}
            added = _SUMS[kinds.pop()] if len(kinds) == 1 else None
            chosen = way or added
            return (chosen, means) if chosen else None
    return None
