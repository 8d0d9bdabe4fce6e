"""Takes the default that stands beside the others (Python, JavaScript): for one value among several it was left out."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import tell_fix, walk_all
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node, walk

_LACKING = frozenset({"RangeError", "TypeError", "ValueError", "AttributeError"})
_READ = re.compile(r"[\w.]+\.[A-Za-z_]\w*|[\w.]+\[[\"']\w+[\"']\]|[\w.]+\.get\([\"']\w+[\"']\)")


def fix_default_beside(trouble: Trouble) -> Iterator[Fix]:
    """Yield the default of a named value that the failing line uses, as the values beside it have theirs."""
    if trouble.function is None or trouble.exception not in _LACKING:
        return
    names = set(re.findall(r"\w+", trouble.source.lines[trouble.line - 1]))
    for node in walk_all(trouble):
        pairs = [one for one in list_children(node) if one.kind() in {"pair", "keyword_argument"}]
        texts = [one.text() for one in pairs]
        for one in pairs:
            key, value = one.field("key") or one.field("name"), one.field("value")
            name = key.text().strip("\"'") if key is not None else ""
            if value is None or name not in names or re.search(r"\|\||\?\?|\bor\b", value.text()):
                continue
            store, mark = _find_store([text for text in texts if text != one.text()])
            declared = rf"\b{re.escape(store)}\s*=[^;]*?\b{re.escape(name)}\b\s*[:=]"
            inner = next((part for part in walk(value) if _READ.fullmatch(part.text())), None)
            if not store or inner is None or not re.search(declared, trouble.source.text, re.DOTALL):
                continue
            text = replace_node(trouble.source.text, inner, f"{inner.text()} {mark} {store}.{name}")
            what = f"{describe(value)} has no default, while the values beside it have theirs; it is {store}.{name}"
            yield tell_fix(trouble, text, what, ("what is set is read as before", "no log line: a default is ordinary"))
            return


def _find_store(texts: list[str]) -> tuple[str, str]:
    """Return where the defaults of other values are, and how they are taken; nothing where that is not one place."""
    found = {(one[2], one[1]) for text in texts for one in re.finditer(r"(\|\||\?\?|\bor\b)\s*(\w+)\.\w+", text)}
    return found.pop() if len(found) == 1 else ("", "")
