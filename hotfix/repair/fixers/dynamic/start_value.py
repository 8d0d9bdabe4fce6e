"""Begins a sum or a product where there is nothing to add up (Python, JavaScript), with its neutral value."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

_TOLD = re.compile(r"^Reduce of empty array|^reduce\(\) of empty")
_FOLDS = (
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*(?P=a)\s*\+\s*(?P=b)(?:\.\w+)*(?:\s*\*\s*(?P=b)(?:\.\w+)*)*", "0"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*(?P=a)\s*\*\s*(?P=b)(?:\.\w+)*", "1"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*(?P=a)\.concat\((?P=b)\)", "[]"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*\[\.\.\.(?P=a),\s*\.\.\.(?P=b)\]", "[]"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*\(\{\s*\.\.\.(?P=a),\s*\.\.\.(?P=b)\s*\}\)", "{}"),
    (r"lambda (?P<a>\w+), (?P<b>\w+): (?P=a) \+ (?P=b)", "0"),
    (r"lambda (?P<a>\w+), (?P<b>\w+): (?P=a) \* (?P=b)", "1"),
    (r"lambda (?P<a>\w+), (?P<b>\w+): \{\*\*(?P=a), \*\*(?P=b)\}", "{}"),
    (r"(?:operator\.)?add", "0"), (r"(?:operator\.)?mul", "1"),
)  # fmt: skip


def fix_start_value(trouble: Trouble) -> Iterator[Fix]:
    """Yield the neutral value of what the failing fold does, where its text tells it."""
    for call in list_calls(trouble) if _TOLD.search(trouble.message) else ():
        python = trouble.source.language == "python"
        if call.name not in {"reduce", "reduceRight"} or len(call.given) != (2 if python else 1):
            continue
        fold = call.given[0].text()
        start = next((value for pattern, value in _FOLDS if re.fullmatch(pattern, fold)), None)
        if start is not None:
            last = call.given[-1]
            text = replace_node(trouble.source.text, last, f"{last.text()}, {start}")
            what = f"{describe(call.node)} can have nothing to begin with; then it gives {start}"
            yield tell_fix(trouble, text, what, ("all else is as before", "no log line: nothing to add up is ordinary"))
