"""Leaves a random part out of a sum where it has no room (Java, Go): a number below nothing cannot be drawn."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of, find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, key, list_children, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_TOLD = re.compile(r"^invalid argument to (?:Int|Perm)|bound must be positive|bound must be greater than origin")
_DRAWS = re.compile(r"(?:rand\.\w*Int\w*n|\.next(?:Int|Long|Double))$")
_CAST = re.compile(r"^u?int(?:32|64)?\((.*)\)$")


def fix_left_out(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard that gives the sum without the random part, where there is nothing to draw from."""
    for node in trouble.nodes if _TOLD.search(trouble.message) and trouble.source.language in {"java", "go"} else ():
        called, given = node.field("function") or node.field("name"), list_children(node.field("arguments"))
        if called is None or len(given) != 1 or not trouble.lies_in(node):
            continue
        if not _DRAWS.search(called.text()) and not re.fullmatch(r"next(?:Int|Long|Double)", called.text()):
            continue
        part, statement = node, find_statement(node)
        while (above := part.parent()) is not None and above.kind() != "binary_expression":
            if above.kind().endswith(("statement", "declaration")):
                break
            part = above
        total = part.parent()
        sides = [total.field("left"), total.field("right")] if total is not None else []
        signs = {one.text() for one in total.children()} if total is not None else set()
        other = next((one for one in sides if one is not None and key(one) != key(part)), None)
        if (
            total is None
            or other is None
            or "+" not in signs
            or statement is None
            or statement.kind() != "return_statement"
        ):
            continue
        first = span_lines(statement)[0]
        line = trouble.source.lines[first - 1]
        if not starts_its_line(statement, line) or (not is_plain(given[0]) and _CAST.match(given[0].text()) is None):
            continue
        bound = _CAST.sub(r"\1", given[0].text())
        start, end = (at - key(statement)[0] for at in key(total))
        short = statement.text()[:start] + other.text() + statement.text()[end:]
        indent = line[: len(line) - len(line.lstrip())]
        rows = dialect_of(trouble).write_guard(f"{bound} <= 0", [short], find_unit(trouble.source))
        yield Fix(
            source=replace_lines(trouble.source, first, first - 1, [indent + row for row in rows]),
            rationale=f"{describe(given[0])} leaves no room for chance at {trouble.place}; nothing is added then.",
            measures=("with room for it the sum is as before", "no log line: no random part is ordinary"),
        )
