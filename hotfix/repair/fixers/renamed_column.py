"""Asks for a column by its new name, where a database no longer knows the old one and a migration renamed it.

What is selected keeps its old name in the result, so that all who read the rows go on as before.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.tree import replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_UNKNOWN = re.compile(
    r"column [\"'`]?(?:\w+\.)?(?P<postgres>\w+)[\"'`]?(?: of relation \S+)? does not exist"
    r"|Unknown column '(?:\w+\.)*(?P<mysql>\w+)'|no such column: (?:\w+\.)?(?P<sqlite>\w+)"
    r"|has no column named (?P<insert>\w+)|Invalid column name '(?P<server>\w+)'"
    r"|ORA-00904: (?:\"\w+\"\.)*\"(?P<oracle>\w+)\"",
    re.IGNORECASE,
)
"""How PostgreSQL, MySQL, SQLite, SQL Server and Oracle say that there is no such column."""

_TEXTS = frozenset(
    {
        "concatenated_string",
        "string",
        "string_literal",
        "template_string",
        "interpreted_string_literal",
        "raw_string_literal",
    }
)
_STATEMENT = re.compile(r"\b(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|RETURNING)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(SELECT|RETURNING|FROM|WHERE|ON|BY|SET|INTO|VALUES|HAVING|JOIN|UPDATE)\b|[()]", re.IGNORECASE)
_LISTS = frozenset({"SELECT", "RETURNING"})
_OPENS = re.compile(r"(?:\b(?:SELECT|DISTINCT|ALL|RETURNING)|,)$", re.IGNORECASE)
_ENDS = re.compile(r"(?:,|;|\)|FROM\b|INTO\b|$)", re.IGNORECASE)
_BETWEEN = " \t\r\n\"'`+\\"  # what may stand between two pieces of a text


def fix_renamed_column(trouble: Trouble) -> Iterator[Fix]:
    """Yield the SQL of the failing function with the new name of a column that the error names."""
    told = _UNKNOWN.search(trouble.message)
    old = next((name for name in told.groups() if name), "") if told else ""
    new = trouble.renames.get(old.lower())
    if new is None:
        return
    source, changed = trouble.source, False
    for node in reversed(_list_statements(trouble)):
        fresh = _rename(node.text(), old, new)
        if fresh != node.text():
            source, changed = source.with_text(replace_node(source.text, node, fresh)), True
    if changed:
        yield Fix(
            source=source,
            rationale=f"A migration renamed the column {old} to {new}; {trouble.place} asks for it by its new name.",
            measures=(
                f"rows hold it under its old name {old}, so that what reads them stays",
                "no log line: both names are ordinary",
                "where the migration is taken back, this must be taken back as well",
            ),
        )


def _list_statements(trouble: Trouble) -> list["SgNode"]:
    """Return the texts of the function that hold SQL, whole where a text is written in pieces, in their order."""
    found: list[SgNode] = []
    for node in trouble.nodes:
        inside = any(above.range().start.index <= node.range().start.index < above.range().end.index for above in found)
        if node.kind() in _TEXTS and not inside and _STATEMENT.search(node.text()):
            found.append(node)
    return found


def _rename(text: str, old: str, new: str) -> str:
    """Return SQL with a column's new name; where it is selected bare it keeps the old one in the result."""
    column = re.compile(rf"(?<![\w.:@%$'\"{{])(?<!%\()(?P<of>\w+\.)?(?P<name>{re.escape(old)})(?![\w(])", re.IGNORECASE)

    def write(found: re.Match[str]) -> str:
        before, after = text[: found.start()], text[found.end() :]
        if re.search(r"\bAS\s+$", before, re.IGNORECASE):
            return found[0]
        named = f"{found['of'] or ''}{new}"
        bare = _OPENS.search(before.rstrip(_BETWEEN)) and _ENDS.match(after.lstrip(_BETWEEN))
        return f"{named} AS {found['name']}" if bare and _is_selected(before) else named

    return column.sub(write, text)


def _is_selected(before: str) -> bool:
    """Tell whether what stands before a name is the list of what a statement gives, outside of any call."""
    clauses = [""]
    for found in _CLAUSE.finditer(before):
        if found[0] == "(":
            clauses.append("")
        elif found[0] != ")":
            clauses[-1] = found[1].upper()
        elif len(clauses) > 1:
            clauses.pop()
    return clauses[-1] in _LISTS
