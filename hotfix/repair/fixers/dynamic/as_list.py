"""Makes a list of what is only gone over (Python), where its length, an item or a part is asked for."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_KINDS = r"(?:dict_keys|dict_values|dict_items|generator|map|filter|zip|reversed|enumerate|odict_\w+)"
_TOLD = re.compile(rf"^'{_KINDS}' object is not (?:subscriptable|reversible)|^object of type '{_KINDS}' has no len\(\)"
                   rf"|^'{_KINDS}' object has no attribute '(?:sort|append|index|copy|pop|insert|extend|reverse)'"
                   rf"|to (?:list|tuple) \(not \"{_KINDS}\"\)|'{_KINDS}' and 'list'|'list' and '{_KINDS}'")  # fmt: skip
_MAKES = re.compile(
    r"^(?:map|filter|zip|reversed|enumerate)\(|\.(?:keys|values|items)\(\)$|^\(.* for .* in .*\)$", re.DOTALL
)


def fix_as_list(trouble: Trouble) -> Iterator[Fix]:
    """Yield the list of what the failing line takes something off: where it is made, else in place."""
    if trouble.source.language != "python" or not _TOLD.search(trouble.message):
        return
    names = set(re.findall(r"\w+", trouble.source.lines[trouble.line - 1]))
    for node in trouble.nodes:
        made = node.field("right") if node.kind() == "assignment" else node
        left = node.field("left") if node.kind() == "assignment" else None
        if made is None or not _MAKES.search(made.text()) or made.kind() not in {"call", "generator_expression"}:
            continue
        if (left is not None and left.text() in names) or (left is None and trouble.lies_in(node)):
            fresh = f"[{made.text()[1:-1]}]" if made.kind() == "generator_expression" else f"list({made.text()})"
            parent = node.parent()
            if parent is not None and parent.kind() == "argument_list" and parent.text() == made.text():
                continue
            text = replace_node(trouble.source.text, made, fresh)
            what = f"{describe(made)} can only be gone over; it is made a list, of which anything can be taken"
            yield tell_fix(trouble, text, what, ("its items are the same", "no log line: nothing is left out"))
            return
    for node in trouble.nodes:
        value = node.field("value") if node.kind() == "subscript" else None
        if node.kind() == "call" and node.text().startswith("len("):
            value = next(iter(list_children(node.field("arguments"))), None)
        if value is not None and trouble.lies_in(node) and value.kind() in {"identifier", "call", "attribute"}:
            text = replace_node(trouble.source.text, value, f"list({value.text()})")
            what = f"{describe(value)} can only be gone over; it is made a list there"
            yield tell_fix(trouble, text, what, ("its items are the same", "no log line: nothing is left out"))
            return
