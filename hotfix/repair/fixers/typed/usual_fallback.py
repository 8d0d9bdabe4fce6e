"""Falls back as other code of the file does, where a lookup finds nothing: by the lines that it has (Java, Go)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import CALLS, find_statement, key, replace_node, starts_its_line
from hotfix.repair.source import list_functions, name_function, replace_lines, span_lines

_JAVA = re.compile(
    r"(?m)^[ \t]*(?P<kind>[\w.<>\[\], ?]+) (?P<name>\w+) = (?P<lookup>[^;\n]+);\n"
    r"[ \t]*if \((?P=name) == null\) (?:\{\s*)?(?P=name) = (?P<other>[^;\n]+);"
)
_GO = re.compile(
    r"(?m)^[ \t]*(?P<name>\w+)(?:, (?P<found>\w+))? := (?P<lookup>[^\n]+)\n"
    r"[ \t]*if (?:!(?P=found)|(?P=name) == nil) \{\n[ \t]*(?P=name) = (?P<other>[^\n]+)\n"
)


def fix_usual_fallback(trouble: Trouble) -> Iterator[Fix]:
    """Yield the fallback before the statement that failed, for the lookup that found nothing."""
    nothing = re.search(r"nil pointer|null|No value present", trouble.message)
    pattern = {"java": _JAVA, "go": _GO}.get(trouble.source.language or "")
    if pattern is None or nothing is None or trouble.function is None:
        return
    others = [one for one in list_functions(trouble.source) if key(one) != key(trouble.function)]
    usual = [(found, name_function(one)) for one in others for found in pattern.finditer(one.text())]
    for found, by in usual:
        ways = {each["other"] for each, _ in usual if each["lookup"] == found["lookup"]}
        fix = _put(trouble, found, by)
        if fix is not None:
            yield replace(fix, guess="" if len(ways) == 1 else f"which of {len(ways)} ways to fall back is meant")


def _put(trouble: Trouble, found: "re.Match[str]", by: str) -> Fix | None:
    for node in trouble.nodes:
        same = node.text() == found["lookup"] and node.kind() in CALLS | {"index_expression"}
        statement = find_statement(node) if same and trouble.lies_in(node) else None
        line = trouble.source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
        own = trouble.function.text() if trouble.function is not None else ""
        if statement is None or not starts_its_line(statement, line) or re.search(rf"\b{found['name']}\b", own):
            continue
        first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
        rows = [row.strip() for row in found[0].strip().split("\n")]
        deep = "\t" if trouble.source.language == "go" else "    "
        rows = [row if number != 2 else deep + row for number, row in enumerate(rows)]
        if "{" in rows[1]:
            rows.append("}")
        held = trouble.source.with_text(replace_node(trouble.source.text, node, found["name"]))
        return Fix(
            source=replace_lines(held, first, first - 1, [indent + row for row in rows]),
            rationale=f"{describe(node)} finds nothing at {trouble.place}; then it is {found['other']}, as in {by}.",
            measures=("what is found is taken as before", "no log line: the fallback is ordinary elsewhere"),
        )
    return None
