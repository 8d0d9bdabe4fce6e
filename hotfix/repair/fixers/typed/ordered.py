"""Compares in an order that holds for equal and for far numbers (Java): the sort refuses one that does not."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.source import replace_lines

_CHOICE = re.compile(
    r"(?P<left>[\w.()]+?) (?P<sign>[<>])=? (?P<right>[\w.()]+?) \? (?P<yes>-?1) : (?P<no>-?1|0)(?=[;,)\s]|$)"
)
_DIFFERENCE = re.compile(
    r"(?P<head>-> |return )(?:\(int\) ?\()?(?P<left>\w+[\w.()]*?) - (?P<right>\w+[\w.()]*?)\)?(?P<end>\)*;)"
)


def fix_ordered(trouble: Trouble) -> Iterator[Fix]:
    """Yield the comparison of both numbers, in the lines of the function that failed."""
    if not trouble.message.startswith("Comparison method violates") or trouble.function is None:
        return
    span = trouble.function.range()
    for number in range(span.start.line + 1, span.end.line + 2):
        line = trouble.source.lines[number - 1]
        fresh = _write(trouble, line)
        if fresh != line:
            yield Fix(
                source=replace_lines(trouble.source, number, number, [fresh]),
                rationale=f"What is compared at {trouble.place} has no order where two are equal, or far apart; both "
                "numbers are compared now.",
                measures=("what differs is ordered as before", "no log line: equal ones keep their order"),
            )


def _write(trouble: Trouble, line: str) -> str:
    choice, less = _CHOICE.search(line), _DIFFERENCE.search(line)
    if choice is not None and choice["yes"] != choice["no"]:
        up = (choice["sign"] == ">") == (choice["yes"] == "1")
        left, right = choice["left"].lstrip("("), choice["right"]
        opened = "(" * choice["left"].count("(", 0, len(choice["left"]) - len(left))
        sides = (left, right) if up else (right, left)
        call = f"{_name(trouble, left)}.compare({sides[0]}, {sides[1]})"
        return f"{line[: choice.start()]}{opened}{call}{line[choice.end() :]}"
    if less is not None:
        call = f"{_name(trouble, less['left'])}.compare({less['left']}, {less['right']})"
        return f"{line[: less.start()]}{less['head']}{call}{less['end']}{line[less.end() :]}"
    return line


def _name(trouble: Trouble, value: str) -> str:
    """Return the class that compares numbers of a kind: of all whole ones that of the long ones."""
    name = re.escape(re.sub(r"\(\)$", "", value).rpartition(".")[2])
    texts = [source.text for source in trouble.sources.values() if source.language == "java"]
    broken = any(re.search(rf"\b(?:double|float|Double|Float) {name}\b", text) for text in texts)
    return "Double" if broken else "Long"
