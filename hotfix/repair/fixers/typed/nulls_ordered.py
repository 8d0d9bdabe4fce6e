"""Puts what has no value to compare at the end, or in front, as a description says (Java)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_around
from hotfix.repair.fixers.tree import is_plain, list_children, replace_node

_NONE = r"(?:without|undated|unrated|unknown|missing|null|none|no|not|nothing|un\w+ ones)"
_BEHIND = r"(?:last|behind|at the end|after|below|bottom|follow)"
_FRONT = r"(?:first|in front|at the (?:top|beginning|start)|before|above|on top|lead)"
_NATURAL = "java.util.Comparator.naturalOrder()"


def fix_nulls_ordered(trouble: Trouble) -> Iterator[Fix]:
    """Yield a comparison that knows where what is null comes, where a description tells it."""
    if trouble.exception != "NullPointerException" or trouble.source.language != "java":
        return
    place = _read_place(describe_around(trouble))
    for node in trouble.nodes if place else ():
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or not given:
            continue
        if name.text() == "compareTo" and trouble.lies_in(node) and is_plain(holder) and is_plain(given[0]):
            turned = _is_second(trouble, holder.text(), given[0].text())
            order = _turn(place) if turned else place
            both = f"{holder.text()}, {given[0].text()}"
            fresh = f"java.util.Objects.compare({both}, java.util.Comparator.{order}({_NATURAL}))"
            yield _say(trouble, replace_node(trouble.source.text, node, fresh), place)
        elif name.text() in {"comparing", "thenComparing"} and len(given) == 1 and "::" in given[0].text():
            rest = trouble.source.text[node.range().end.index :]
            order = _turn(place) if rest.startswith(".reversed()") else place
            fresh = f"{given[0].text()}, java.util.Comparator.{order}({_NATURAL})"
            yield _say(trouble, replace_node(trouble.source.text, given[0], fresh), place)


def _say(trouble: Trouble, text: str, place: str) -> Fix:
    where = "behind" if place == "nullsLast" else "before"
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"What is compared at {trouble.place} can be null; that comes {where} the others, as described.",
        measures=("all others are ordered as before", "no log line: what has no value is ordinary"),
    )


def _read_place(said: str) -> str:
    """Return where a description puts what has no value; empty where it does not say, or both."""
    for clause in re.split(r"[;.,:]", re.sub(r"\s+\*?\s*", " ", said)):
        if re.search(rf"\b{_NONE}\b|\bun\w+ (?:ones?|items?|\w+s)\b", clause, re.IGNORECASE):
            behind, front = (re.search(rf"\b{words}\b", clause, re.IGNORECASE) for words in (_BEHIND, _FRONT))
            if (behind is None) != (front is None):
                return "nullsLast" if behind else "nullsFirst"
    return ""


def _turn(place: str) -> str:
    return "nullsFirst" if place == "nullsLast" else "nullsLast"


def _is_second(trouble: Trouble, left: str, right: str) -> bool:
    """Tell whether the second parameter is compared with the first one: the order is turned round."""
    parameters = re.findall(r"(\w+)\s*[,)]", trouble.function.text().partition("{")[0]) if trouble.function else []
    first, second = (re.split(r"\W", side, maxsplit=1)[0] for side in (left, right))
    lambdas = re.search(rf"\(\s*{second}\s*,\s*{first}\s*\)\s*->", trouble.source.text)
    named = first in parameters and second in parameters and parameters.index(first) > parameters.index(second)
    return lambdas is not None or named
