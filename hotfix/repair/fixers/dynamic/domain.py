"""Keeps a number within what a function takes (Python, JavaScript): no negative count, root, or wait.

A difference that comes out below nothing stands for nothing there.
"""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, list_calls, tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import bracket, is_plain, replace_node

_TOLD = (
    (re.compile(r"Invalid count value: -"), re.compile(r"^repeat$"), "Math.max(0, {0})"),
    (re.compile(r"^Invalid array length"), re.compile(r"^Array$"), "Math.max(0, {0})"),
    (re.compile(r"math domain error|expected a nonnegative input"), re.compile(r"^sqrt$"), "max(0.0, {0})"),
    (re.compile(r"math domain error|expected a number in range"), re.compile(r"^(?:acos|asin)$"),
     "max(-1.0, min(1.0, {0}))"),
    (re.compile(r"sleep length must be non-negative"), re.compile(r"^sleep$"), "max(0, {0})"),
)  # fmt: skip
"""What a message says, the function that says so, and what its first argument becomes."""


def fix_domain(trouble: Trouble) -> Iterator[Fix]:
    """Yield the next number that the failing call takes, where the one that it was given is calculated."""
    for told, name, pattern in _TOLD:
        for call in list_calls(trouble) if told.search(trouble.message) else ():
            if not name.search(call.name) or len(call.given) != 1 or call.given[0].kind() in {"number", "integer"}:
                continue
            if not re.search(r" - |^-", call.given[0].text()):
                continue  # what is no difference may be wrong in another way
            value = call.given[0]
            text = replace_node(trouble.source.text, value, pattern.format(value.text()))
            what = f"{describe(value)} can come out beyond what {call.called} takes; then the next number is taken"
            yield tell_fix(
                trouble, text, what, ("all other numbers are taken as before", "no log line: it is ordinary")
            )
    yield from _fix_sample(trouble)


def _fix_sample(trouble: Trouble) -> Iterator[Fix]:
    """Draw no more than there are (Python)."""
    if "Sample larger than population" not in trouble.message:
        return
    for call in list_calls(trouble):
        if call.name != "sample" or len(call.given) != 2 or not _is_counted(call):
            continue
        most = f"min({call.given[1].text().removeprefix('k=')}, len({bracket(call.given[0]).strip('()')}))"
        text = replace_node(trouble.source.text, call.given[1], most)
        what = f"{describe(call.given[0])} can hold fewer than are drawn; then all are drawn"
        yield tell_fix(trouble, text, what, ("enough of them are drawn as before", "no log line: few are ordinary"))


def _is_counted(call: Call) -> bool:
    return call.given[0].kind() == "identifier" and is_plain(call.given[1])
