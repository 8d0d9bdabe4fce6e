"""Lets one of many calls at once fail alone (JavaScript), where the description says what stands for it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, read_call, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe, dialect_of
from hotfix.repair.fixers.tree import list_children, replace_node, walk

_SAID = re.compile(
    r"\b(?:cannot|can't|could not|fails?|failed|failing|broken|unreachable|not available|down|errors?)\b[^.]{0,60}?"
    r"\b(?:is|are|gives?|becomes?|counts? as|stays?|as)\s+(?P<value>null|undefined|0|false)\b"
    r"|\b(?P<early>null|undefined)\b[^.]{0,40}?\b(?:cannot|could not|fails?|failed|failing)\b"
)


def fix_each_caught(trouble: Trouble) -> Iterator[Fix]:
    """Yield a catch at each of the calls that ``Promise.all`` waits for."""
    said = _SAID.search(re.sub(r"\s*\n\s*\*?\s*", " ", describe_function(trouble)))
    if said is None or not (trouble.passing or trouble.exception):
        return
    value = said["value"] or said["early"]
    for call in list_calls(trouble):
        mapped = read_call(call.given[0]) if call.called == "Promise.all" and len(call.given) == 1 else None
        arrow = mapped.given[0] if mapped is not None and mapped.name == "map" and mapped.given else None
        body = arrow.field("body") if arrow is not None and arrow.kind() == "arrow_function" else None
        one = read_call(body) if body is not None else None
        if (
            body is None
            or one is None
            or one.name == "catch"
            or any(w.kind() == "await_expression" for w in walk(body))
        ):
            continue
        names = re.findall(r"\w+", list_children(arrow)[0].text()) if arrow is not None else []
        log = dialect_of(trouble).write_log(trouble.source, f"one of the calls in {trouble.function_name} failed")
        fresh = f"{body.text()}.catch(() => {value})"
        if log and names:
            fresh = f"{body.text()}.catch(() => {{ {log} return {value}; }})"
        what = f"one {describe(body)} that fails ends all others; now it gives {value}, as the description says"
        text = replace_node(trouble.source.text, body, fresh)
        measures = ("what does not fail is given as before", "logs a warning" if log else "no log line: no logger")
        yield replace(tell_fix(trouble, text, what, measures), mitigation=True)
        return
