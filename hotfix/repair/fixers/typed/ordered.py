"""Compares in an order that holds for equal and for far numbers (Java): the sort refuses one that does not."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.source import replace_lines

_CHOICE = re.compile(
    r"(?P<left>[\w.()]+?) (?P<sign>[<>])=? (?P<right>[\w.()]+?) \? (?P<yes>-?1) : (?P<no>-?1|0)(?=\s*(?:[;,)]|$))"
)
_WHOLE = frozenset({"int", "long", "short", "byte", "Integer", "Long", "Short", "Byte"})
_BROKEN = frozenset({"double", "float", "Double", "Float"})
_PART_OF_MORE = re.compile(r"(?:[-+*/%&|^!~<]|[=!<>]=|(?<!-)>)$")
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
        opened = "(" * (len(choice["left"]) - len(left))
        call = _compare(trouble, *((left, right) if up else (right, left)))
        whole = _PART_OF_MORE.search(line[: choice.start()].rstrip()) is None
        return f"{line[: choice.start()]}{opened}{call}{line[choice.end() :]}" if call and whole else line
    if less is not None:
        call = _compare(trouble, less["left"], less["right"])
        return f"{line[: less.start()]}{less['head']}{call}{less['end']}{line[less.end() :]}" if call else line
    return line


def _compare(trouble: Trouble, left: str, right: str) -> str:
    """Return the comparison of the same number of two things; nothing where that is not known."""
    kinds = {_name(trouble, left), _name(trouble, right)}
    if "" in kinds or any(side.count("(") != side.count(")") for side in (left, right)):
        return ""
    roots, rests = zip(
        *((first, rest) for first, _, rest in (side.partition(".") for side in (left, right))), strict=True
    )
    text = trouble.function.text() if trouble.function is not None else ""
    pairs = re.findall(r"\((?:\w+ )?(\w+), (?:\w+ )?(\w+)\) (?:->|\{)", text)
    compared = any(set(pair) == set(roots) for pair in pairs) and rests[0] == rests[1]
    own = trouble.function_name == "compareTo" and len({side.rpartition(".")[2] for side in (left, right)}) == 1
    name = "Double" if "Double" in kinds else "Long"
    return f"{name}.compare({left}, {right})" if left != right and (compared or own) else ""


def _name(trouble: Trouble, value: str) -> str:
    """Return the class that compares numbers of a kind: of all whole ones that of the long ones; nothing if unknown."""
    name = re.escape(re.sub(r"\(\)$", "", value).rpartition(".")[2])
    texts = [source.text for source in trouble.sources.values() if source.language == "java"]
    kinds = {kind for text in texts for kind in re.findall(rf"([\w\])>]+) {name}\b(?=\s*(?:\(\)|[;,=)]))", text)}
    kinds -= {"return", "new"}
    if kinds and kinds <= _WHOLE:
        return "Long"
    return "Double" if kinds and kinds <= _BROKEN else ""
