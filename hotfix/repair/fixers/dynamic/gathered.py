"""Lets one of many tasks at once fail alone (Python), where the description says that None stands for it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.tree import replace_node

_SAID = re.compile(
    r"\b(?:cannot|can't|could not|fails?|failed|failing|unreachable|not available|down|errors?)\b[^.]{0,60}?\bNone\b"
    r"|\bNone\b[^.]{0,40}?\b(?:cannot|could not|fails?|failed|failing)\b",
    re.IGNORECASE,
)


def fix_gathered(trouble: Trouble) -> Iterator[Fix]:
    """Yield None for each task of ``asyncio.gather`` that fails."""
    if trouble.source.language != "python" or not _SAID.search(" ".join(describe_function(trouble).split())):
        return
    for call in list_calls(trouble) if trouble.passing or trouble.exception else ():
        parent = call.node.parent()
        if call.called not in {"asyncio.gather", "gather"} or "return_exceptions" in call.node.text() or parent is None:
            continue
        given = ", ".join([*(one.text() for one in call.given), "return_exceptions=True"])
        fresh = f"[None if isinstance(one, Exception) else one for one in await {call.called}({given})]"
        text = replace_node(trouble.source.text, parent if parent.kind() == "await" else call.node, fresh)
        what = "one task that fails ends all others; now None stands for it, as the description says"
        measures = ("what does not fail is given as before", "no log line: None tells of it")
        yield replace(tell_fix(trouble, text, what, measures), mitigation=True)
        return
