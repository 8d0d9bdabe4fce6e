"""Takes the one name that a misspelt one is meant to be (Python, JavaScript), where the file has just one like it."""

import difflib
import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import replace_nodes, tell_fix
from hotfix.repair.limits import NAME_LIKENESS

_OBJECT = re.compile(r"'(\w+)' object has no attribute '(\w+)'|has no attribute '(\w+)'")
_NAME = re.compile(r"^name '(\w+)' is not defined|^(\w+) is not defined$")
_METHOD = re.compile(r"^[\w.$]+\.(\w+) is not a function$")
_DECLARED = re.compile(
    r"\bdef (\w+)|^\s*(?:async |static |get |set |#)*(\w+)\s*\([^()]*\)\s*\{|(?:self|this)\.(\w+)\s*(?::[^=\n]+)?=(?!=)"
    r"|^    (\w+)\s*:\s*[\w\[\]|., \"']+(?:=.*)?$|\bfunction\s*\*?\s*(\w+)|\b(?:const|let|var|class)\s+(\w+)"
    r"|^(\w+)\s*=(?!=)"
    r"|^\s+(\w+)\s*=\s*[\"'\w]",
    re.MULTILINE,
)


def fix_misspelt(trouble: Trouble) -> Iterator[Fix]:
    """Yield the one declared name that is like the one that is lacking at the failing line."""
    found = _OBJECT.search(trouble.message) or _NAME.search(trouble.message) or _METHOD.search(trouble.message)
    if found is None or "NoneType" in trouble.message:
        return
    wrong = [group for group in found.groups() if group][-1]
    if re.search(rf"\b(?:def|function|const|let|var|class)\s+{wrong}\b", trouble.source.text):
        return
    texts = [one.text for one in trouble.sources.values() if one.language == trouble.source.language]
    names = {group for text in texts for one in _DECLARED.finditer(text) for group in one.groups() if group} - {wrong}
    same = [name for name in names if _fold(name) == _fold(wrong)]
    near = same or [name for name in names if name[0] == wrong[0] and _rate(name, wrong) >= NAME_LIKENESS]
    if len(near) != 1 or len(wrong) < 4:
        return
    pairs = [(node, near[0]) for node in trouble.nodes
             if node.text() == wrong and node.kind() in {"identifier", "property_identifier"}]  # fmt: skip
    if pairs:
        what = f"{wrong} is declared nowhere, and {near[0]} is the one name like it; that is taken"
        text = replace_nodes(trouble.source.text, pairs)
        yield tell_fix(trouble, text, what, ("one name", "no log line: nothing is missing then"))


def _fold(name: str) -> str:
    return re.sub("_", "", name).lower()


def _rate(name: str, other: str) -> float:
    """Return how alike two names are, 0..1."""
    return difflib.SequenceMatcher(None, name, other).ratio()
