"""Writes what JSON has no form for as text (Python): dates, paths, identifiers."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node
from hotfix.repair.source import span_lines

_TOLD = re.compile(r"^Object of type (datetime|date|time|UUID|PosixPath|Path|Decimal) is not JSON serializable")


def fix_serialised(trouble: Trouble) -> Iterator[Fix]:
    """Yield the writing as text for the failing call; an amount as text may surprise who reads it: a mitigation."""
    told = _TOLD.match(trouble.message)
    for node in trouble.nodes if told and trouble.exception == "TypeError" else ():
        function, arguments = node.field("function"), node.field("arguments")
        given = arguments.named_children() if arguments is not None else []
        if node.kind() != "call" or function is None or not re.fullmatch(r"(?:json\.)?dumps?", function.text()):
            continue
        if not span_lines(node)[0] <= trouble.line <= span_lines(node)[1] or not told or not given:
            continue
        if not re.search(r"\b(?:default|cls)\s*=|\*\*", arguments.text() if arguments is not None else ""):
            yield Fix(
                source=trouble.source.with_text(
                    replace_node(trouble.source.text, given[-1], f"{given[-1].text()}, default=str")
                ),
                rationale=f"{describe(node)} can meet a {told[1]} ({trouble.place}); it is written as text.",
                measures=("what JSON has a form for is written as before", "no log line: nothing is left out"),
                mitigation=told[1] == "Decimal",
            )
