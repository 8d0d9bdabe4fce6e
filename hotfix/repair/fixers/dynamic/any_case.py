"""Looks a header up in any case (Python, JavaScript): HTTP knows none, and servers hand headers on as they came."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_HEADERS = re.compile(r"(?:^|\.)(?:(?:http|request|response|req|res)_?)?headers?$", re.IGNORECASE)
_HTTP = re.compile(
    r"[a-z]+(?:-[a-z0-9]+)+|accept|age|allow|authorization|connection|cookie|date|etag|expires|forwarded|from|host"
    r"|link|location|origin|pragma|range|referer|server|te|trailer|upgrade|vary|via|warning",
    re.IGNORECASE,
)


def fix_any_case(trouble: Trouble) -> Iterator[Fix]:
    """Yield the lookup without regard to case for the header that the failing line lacks."""
    python = trouble.source.language == "python"
    told = trouble.exception == "KeyError" if python else "of undefined" in trouble.message
    for node in trouble.nodes if told else ():
        store, index = node.field("value") or node.field("object"), node.field("subscript") or node.field("index")
        if node.kind() not in {"subscript", "subscript_expression"} or store is None or index is None:
            continue
        asked = index.text()[1:-1] if index.kind() == "string" else ""
        if not trouble.lies_in(node) or not _HEADERS.search(store.text()) or not _is_told(trouble, node, asked):
            continue
        held = store.text()
        if python:
            fresh = f'{{name.lower(): value for name, value in {held}.items()}}["{asked.lower()}"]'
        else:
            pairs = f"Object.entries({held}).map(([name, value]) => [name.toLowerCase(), value])"
            fresh = f"Object.fromEntries({pairs})['{asked.lower()}']"
        what = f"{describe(node)} may come in another case, which means the same; it is found in any"
        text = replace_node(trouble.source.text, node, fresh)
        yield tell_fix(trouble, text, what, ("one that lacks is lacking as before", "no log line: all are ordinary"))
        return


def _is_told(trouble: Trouble, node: "SgNode", asked: str) -> bool:
    """Tell whether a lookup of a header of HTTP is what the message says failed."""
    if not _HTTP.fullmatch(asked):
        return False
    if trouble.source.language == "python":
        return trouble.message.strip().strip("'\"") == asked
    parent = node.parent()
    taken = parent.field("property") if parent is not None else None
    return taken is not None and f"'{taken.text()}'" in trouble.message
