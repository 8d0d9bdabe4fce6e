"""Takes the one name that a misspelt one is meant to be (Python, JavaScript), where there is just one like it."""

import difflib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import name_owner, replace_nodes, split_words, tell_fix
from hotfix.repair.fixers.tree import walk
from hotfix.repair.limits import NAME_LIKENESS

_OBJECT = re.compile(r"^(?:type object )?'(?P<owner>\w+)'(?: object)? has no attribute '(?P<name>\w+)'")
_MODULE = re.compile(r"^module '(?P<owner>[\w.]+)' has no attribute '(?P<name>\w+)'")
_NAME = re.compile(r"^name '(\w+)' is not defined|^(\w+) is not defined$")
_METHOD = re.compile(r"^(?P<owner>[\w.$]+)\.(?P<name>\w+) is not a function$")
_MEMBER = re.compile(
    r"\bdef (\w+)|^\s*(?:async |static |get |set |#)*(\w+)\s*\([^()]*\)\s*\{|(?:self|this)\.(\w+)\s*(?::[^=\n]+)?=(?!=)"
    r"|^    (\w+)\s*:\s*[\w\[\]|., \"']+(?:=.*)?$|^    (\w+)\s*=(?!=)",
    re.MULTILINE,
)
_TOP = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?:def|class|function\s*\*?|const|let|var)\s+(\w+)"
    r"|^(\w+)\s*(?::[^=\n]+)?=(?!=)"
    r"|^(?:from [\w.]+ )?import (\w+)$",
    re.MULTILINE,
)
_LOCAL = re.compile(
    r"^\s+(?:const |let |var )?(\w+)\s*(?::[^=\n]+)?=(?!=)|\bfor (?:const |let )?(\w+) (?:in|of)\b", re.MULTILINE
)
_LEAST = 5
"""Letters of a word in which one letter too many, too few or exchanged is a slip, and not another word."""


def fix_misspelt(trouble: Trouble) -> Iterator[Fix]:
    """Yield the one declared name that is like the one that is lacking at the failing line."""
    wrong, names = _list_names(trouble)
    names.discard(wrong)
    if len(wrong) < 4 or re.search(rf"\b(?:def|function|const|let|var|class)\s+{wrong}\b", trouble.source.text):
        return
    near = ([name for name in names if _fold(name) == _fold(wrong)] or [name for name in names if _slips(name, wrong)]
            or [name for name in names if name[0] == wrong[0] and _rate(name, wrong) >= NAME_LIKENESS])  # fmt: skip
    if len(near) != 1:
        return
    pairs = [(node, near[0]) for node in trouble.nodes
             if node.text() == wrong and node.kind() in {"identifier", "property_identifier"}]  # fmt: skip
    if pairs:
        told = _fold(near[0]) == _fold(wrong) or _slips(near[0], wrong)
        what = f"{wrong} is declared nowhere, and {near[0]} is the one name like it; that is taken"
        text = replace_nodes(trouble.source.text, pairs)
        guess = "" if told else f"whether {near[0]} is what {wrong} means"
        yield tell_fix(trouble, text, what, ("one name", "no log line: nothing is missing then"), guess)


def _list_names(trouble: Trouble) -> tuple[str, set[str]]:
    """Return the name that is lacking, and the names that there are where it is looked for."""
    if (found := _OBJECT.search(trouble.message)) is not None:
        return found["name"], _list_members(trouble, found["owner"], set())
    if (found := _MODULE.search(trouble.message)) is not None:
        stem = found["owner"].rpartition(".")[2]
        texts = [one.text for path, one in trouble.sources.items() if PurePosixPath(path).stem == stem]
        return found["name"], _find_all(_TOP, texts[0]) if len(texts) == 1 else set()
    if (found := _METHOD.search(trouble.message)) is not None:
        made = re.findall(rf"\b{re.escape(found['owner'])} = new (\w+)\(", trouble.source.text)
        owner = name_owner(trouble.function) if found["owner"] == "this" else made[0] if len(set(made)) == 1 else ""
        return found["name"], _list_members(trouble, owner, set())
    if (found := _NAME.search(trouble.message)) is not None and trouble.function is not None:
        head = trouble.function.field("parameters")
        given = {one.text() for one in walk(head) if one.kind() == "identifier"} if head is not None else set()
        own = _find_all(_LOCAL, trouble.function.text())
        return found[1] or found[2], given | own | _find_all(_TOP, trouble.source.text)
    return "", set()


def _list_members(trouble: Trouble, owner: str, passed: set[str]) -> set[str]:
    """Return the members of the one class of a name, with those of the classes that it is made of."""
    head = re.compile(
        rf"^class {re.escape(owner)}\b(?:\(([^()]*)\)| extends (\w+))?.*\n((?:[ \t}}].*\n?|\n)*)", re.MULTILINE
    )
    found = [one for source in trouble.sources.values() if source.language == trouble.source.language
             for one in head.finditer(source.text.replace("export ", ""))]  # fmt: skip
    if not owner or len(found) != 1 or owner in passed:
        return set()
    names = _find_all(_MEMBER, found[0][3])
    for above in re.findall(r"\w+", found[0][1] or found[0][2] or ""):
        names |= _list_members(trouble, above, passed | {owner})
    return names


def _find_all(pattern: re.Pattern[str], text: str) -> set[str]:
    return {group for one in pattern.finditer(text) for group in one.groups() if group}


def _slips(name: str, other: str) -> bool:
    """Tell whether two names differ by one letter too many, too few or exchanged, in one long word."""
    words = list(zip(split_words(name), split_words(other), strict=False))
    apart = [(one, two) for one, two in words if one != two]
    if len(split_words(name)) != len(split_words(other)) or len(apart) != 1:
        return False
    short, long = sorted(apart[0], key=len)
    if len(long) < _LEAST or long == f"{short}s":
        return False
    if len(long) == len(short):
        places = [n for n in range(len(long)) if long[n] != short[n]]
        return (
            len(places) == 2
            and places[1] == places[0] + 1
            and (long[places[0]], long[places[1]]) == (short[places[1]], short[places[0]])
        )
    return len(long) == len(short) + 1 and any(long[:n] + long[n + 1 :] == short for n in range(len(long)))


def _fold(name: str) -> str:
    return re.sub("_", "", name).lower()


def _rate(name: str, other: str) -> float:
    """Return how alike two names are, 0..1."""
    return difflib.SequenceMatcher(None, name, other).ratio()
