"""Gates that read the syntax: it parses, keeps what others use, and brings in nothing foreign."""

import re
from collections import Counter
from typing import TYPE_CHECKING

from hotfix.repair.fixers.tree import BLOCKS, walk
from hotfix.repair.gates.case import Case
from hotfix.repair.parsing import find_fault, list_declared, list_imports, list_signatures
from hotfix.repair.source import Source, list_functions, name_function

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
_EXITS = frozenset({"return_statement", "raise_statement", "throw_statement", "break_statement", "continue_statement"})
_BY_NAME = re.compile(r"\b__import__\(|\bimport_module\(|\bClass\.forName\(|\bimport\(|\bplugin\.Open\(")

_NETWORK = re.compile(
    r"\brequests\.\w+\(|\burlopen\(|\bhttpx\.\w+\(|\bsocket\.(?:socket|create_connection)\(|\bfetch\(|\baxios\b"
    r"|\bhttp\.(?:Get|Post|request|get)\(|\bXMLHttpRequest\b|\bHttpClient\b|\bopenConnection\(|\bnet\.Dial"
)


def parses(case: Case) -> str | None:
    """Refuse a file that no longer parses, unless it did not before."""
    for edit, before, after in case.pairs():
        fault = find_fault(after) if edit.after is not None else None
        if fault is not None and (edit.before is None or find_fault(before) is None):
            return fault
    return None


def keeps_signatures(case: Case) -> str | None:
    """Refuse a changed or lost signature; of a revert, the loss of a name that is still used."""
    if case.is_revert:
        return _keeps_used_names(case)
    for _, before, after in case.code():
        old, new = list_signatures(before), list_signatures(after)
        for signature, result in old.items():
            if new.get(signature) != result:
                return f"{before.path}: {signature} is gone or gives something else"
    return None


def _keeps_used_names(case: Case) -> str | None:
    """Refuse a revert that takes away what other files use."""
    edited = {edit.path for edit in case.candidate.edits}
    after = {edit.path: source for edit, _, source in case.pairs() if edit.after is not None}
    others = {path: source for path, source in case.sources.items() if path not in edited} | after
    for _, old, new in case.code():
        gone = set(list_declared(old)) - set(list_declared(new))
        for name in sorted(gone):
            pattern = re.compile(rf"\b{re.escape(name)}\b")
            user = next((path for path, source in others.items() if pattern.search(source.text)), None)
            if user is not None and not any(name in set(list_declared(source)) for source in others.values()):
                return f"{name} of {old.path} is still used in {user}"
    return None


def adds_nothing_foreign(case: Case) -> str | None:
    """Refuse an import or a network call that the fixer did not name."""
    if case.is_revert:
        return None
    for _, before, after in case.code():
        fresh = list_imports(after) - list_imports(before) - set(case.candidate.imports)
        if fresh:
            return f"{after.path} imports {', '.join(sorted(fresh))} newly"
        if len(_BY_NAME.findall(after.text)) > len(_BY_NAME.findall(before.text)):
            return f"{after.path} loads a module by its name where it did not before"
        if len(_NETWORK.findall(after.text)) > len(_NETWORK.findall(before.text)):
            return f"{after.path} calls over the network where it did not before"
    return None


def keeps_feature(case: Case) -> str | None:
    """Refuse a patch that takes more than half of a function away, or keeps it from being reached."""
    if case.is_revert:
        return None
    for _, before, after in case.code():
        left = _count_statements(after)
        for name, count in _count_statements(before).items():
            if left.get(name, 0) * 2 < count:
                return f"{name} of {before.path} loses {count - left.get(name, 0)} of its {count} statements"
    return None


def _count_statements(source: Source) -> dict[str, int]:
    """Return name of a function → statements in it, without those behind an exit of their block."""
    found: Counter[str] = Counter()
    for function in list_functions(source):
        blocks = [one for one in walk(function) if one.kind() in BLOCKS]
        found[name_function(function)] += sum(_count_reached(block) for block in blocks)
    found.pop("", None)
    return found


def _count_reached(block: "SgNode") -> int:
    """Return how many statements of a block are not behind an exit of it."""
    statements = [one for one in block.children() if one.is_named() and one.kind() not in BLOCKS | _COMMENTS]
    exits = [place for place, one in enumerate(statements, start=1) if one.kind() in _EXITS]
    return min(exits, default=len(statements))
