"""Accepts numbers in an old and a new format: a comma as the decimal mark beside the point (Python)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import is_plain, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_EXCEPTIONS = frozenset({"ValueError", "InvalidOperation"})
_READERS = frozenset({"float", "Decimal", "decimal.Decimal"})
_COMMA = re.compile(r"'-?\d+,\d{1,2}'")


def fix_number_format(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading of both formats, where a number failed to be read and its text, if told, has a decimal comma."""
    if trouble.exception not in _EXCEPTIONS or trouble.source.language != "python" or trouble.function is None:
        return
    if trouble.exception == "ValueError" and not _COMMA.search(trouble.message):
        return
    for node in trouble.nodes:
        argument = _read_argument(node, trouble.line)
        if argument is not None:
            yield _accept_both(trouble, argument)


def _read_argument(node: "SgNode", line: int) -> "SgNode | None":
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind() != "call" or function is None or arguments is None or function.text() not in _READERS:
        return None
    given = arguments.named_children()
    fits = len(given) == 1 and given[0].range().start.line + 1 == line and is_plain(given[0])
    return given[0] if fits and given[0].kind() not in {"string", "integer", "float"} else None


def _accept_both(trouble: Trouble, argument: "SgNode") -> Fix:
    source = trouble.source
    given = argument.text()
    point = f're.sub(r"^\\s*(-?\\d+),(\\d{{1,2}})\\s*$", r"\\1.\\2", {given})'
    fresh = f"{point} if isinstance({given}, str) else {given}"
    mended, imports = bring_in(source.with_text(replace_node(source.text, argument, fresh)), [fresh])
    return Fix(
        source=mended,
        rationale=f"{argument.text()} may come with a decimal comma ({trouble.place}); both ways of writing are read.",
        measures=(
            "what was read before is read as before",
            "a comma before three digits is refused as before: it may part thousands",
        ),
        imports=imports,
    )
