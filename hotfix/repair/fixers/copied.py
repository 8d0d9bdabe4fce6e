"""Goes over a copy where a loop changes what it goes over: Python, Java.

Where the loop itself does not change it, another thread does: a copy makes that rarer and is a mitigation.
"""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import is_plain, replace_node
from hotfix.repair.source import span_lines

_TOLD = re.compile(r"changed size during iteration|keys changed during iteration|mutated during iteration")
_VIEW = re.compile(r"\.(?:items|keys|values|keySet|entrySet)\(\)$")
_CHANGES = (
    r"\b(?:del\s+{0}\b|{0}\s*\[[^\n=]*\]\s*=(?!=)|{0}\.(?:pop|remove|discard|add|put|clear|update|append|set)\w*\()"
)

_THREADS = re.compile(r"[Tt]hread|[Ee]xecutor|synchronized|[Cc]oncurrent\.|\basync\b|\b[Ll]ock\b")


def fix_copied(trouble: Trouble) -> Iterator[Fix]:
    """Yield a copy of what the failing loop goes over."""
    language = trouble.source.language
    java = language == "java" and trouble.exception == "ConcurrentModificationException"
    python = language == "python" and trouble.exception == "RuntimeError" and _TOLD.search(trouble.message)
    for node in trouble.nodes if java or python else ():
        over = node.field("value" if java else "right")
        if node.kind() not in {"for_statement", "enhanced_for_statement", "for_in_clause"} or over is None:
            continue
        if not (span_lines(node)[0] <= trouble.line <= span_lines(over)[1]) or not is_plain(over):
            continue
        holder = _VIEW.sub("", over.text())
        ours = re.search(_CHANGES.format(re.escape(holder)), node.text()) is not None or _is_called_back(
            trouble, holder
        )
        fresh = f"new java.util.ArrayList<>({over.text()})" if java else f"list({over.text()})"
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, over, fresh)),
            rationale=f"{describe(over)} is changed while the loop at {trouble.place} goes over it; now over a copy.",
            measures=("what the loop does stays", "no log line: the change is meant")
            if ours
            else ("the loop does not change it: look for who else does",),
            mitigation=not ours,
        )


def _is_called_back(trouble: Trouble, holder: str) -> bool:
    """Tell whether what the loop calls changes what it goes over: other methods do, and no threads are about."""
    changed = re.search(_CHANGES.format(re.escape(holder)), trouble.elsewhere)
    return changed is not None and _THREADS.search(trouble.source.text) is None
