"""Writes what JSON has no form for as text (Python): dates, paths, identifiers."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_TOLD = re.compile(r"^Object of type (datetime|date|time|UUID|PosixPath|Path|Decimal) is not JSON serializable")


def fix_serialised(trouble: Trouble) -> Iterator[Fix]:
    """Yield the writing as text for the failing call; a mitigation where nothing else is written so."""
    told = _TOLD.match(trouble.message)
    for node in trouble.nodes if told and trouble.exception == "TypeError" else ():
        function, arguments = node.field("function"), node.field("arguments")
        given = list_children(arguments)
        if node.kind() != "call" or function is None or not re.fullmatch(r"(?:json\.)?dumps?", function.text()):
            continue
        if not trouble.lies_in(node) or not told or not given:
            continue
        if not re.search(r"\b(?:default|cls)\s*=|\*\*", arguments.text() if arguments is not None else ""):
            yield Fix(
                source=trouble.source.with_text(
                    replace_node(trouble.source.text, given[-1], f"{given[-1].text()}, default=str")
                ),
                rationale=f"{describe(node)} can meet a {told[1]} ({trouble.place}); it is written as text.",
                measures=("what JSON has a form for is written as before", "no log line: nothing is left out"),
                guess="" if _is_usual(trouble) else f"how a {told[1]} is written as JSON",
            )


def _is_usual(trouble: Trouble) -> bool:
    """Tell whether other code writes what JSON has no form for as text too."""
    texts = (one.text for one in trouble.sources.values() if one.language == "python")
    return any(re.search(r"\bdumps?\([^\n]*\bdefault\s*=\s*str\b", text) for text in texts)
