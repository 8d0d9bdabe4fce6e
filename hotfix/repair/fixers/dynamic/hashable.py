"""Takes what can be changed as a key by its content (Python): a list as a tuple, a set as a frozen one."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import read_call, replace_nodes, tell_fix
from hotfix.repair.fixers.tree import is_plain

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"^unhashable type: '(list|set|dict|bytearray)'")
_FORMS = {
    "list": "tuple({0})",
    "set": "frozenset({0})",
    "dict": "tuple(sorted({0}.items()))",
    "bytearray": "bytes({0})",
}
_STORES = re.compile(r"set\(|\{\s*\}|dict\(|Counter\(|defaultdict\(|\{[^:}]+\}")


def fix_hashable(trouble: Trouble) -> Iterator[Fix]:
    """Yield the fixed form for the key of the failing line, wherever the function asks its store by it."""
    told = _TOLD.match(trouble.message)
    if told is None or trouble.function is None:
        return
    text = trouble.function.text()
    found: dict[tuple[str, str], list[SgNode]] = {}
    for node in trouble.nodes:
        call, parts = read_call(node), node.named_children()
        if node.kind() == "comparison_operator" and len(parts) == 2 and re.search(r"\bin\b", node.text()):
            found.setdefault((parts[1].text(), parts[0].text()), []).append(parts[0])
        elif (
            call is not None
            and call.name in {"add", "discard", "remove", "get", "setdefault"}
            and call.holder
            and call.given
        ):
            found.setdefault((call.holder.text(), call.given[0].text()), []).append(call.given[0])
        elif node.kind() == "subscript" and (store := node.field("value")) and (index := node.field("subscript")):
            found.setdefault((store.text(), index.text()), []).append(index)
    for (held, _), keys in found.items():
        made = re.search(rf"(?<![\w.]){re.escape(held)}\s*(?::[^=\n]+)?=\s*(.+)", text)
        here = any(key.range().start.line + 1 == trouble.line for key in keys)
        if here and all(is_plain(key) for key in keys) and made is not None and _STORES.match(made[1]):
            pairs = [(key, _FORMS[told[1]].format(key.text())) for key in keys]
            what = f"{keys[0].text()} can be a {told[1]}, which is no key; its content is"
            mended = replace_nodes(trouble.source.text, pairs)
            yield tell_fix(trouble, mended, what, ("alike contents are one key", "no log line: nothing is left out"))
            return
