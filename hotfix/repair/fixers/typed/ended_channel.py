"""Closes a channel when all was sent (Go): who goes over it, or waits for the senders, waits for ever otherwise."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import LOOPS
from hotfix.repair.source import replace_lines, span_lines

_WAITS = re.compile(r"^(?P<indent>\s*)(?P<wait>[\w.]+\.Wait\(\))\s*$")


def fix_ended_channel(trouble: Trouble) -> Iterator[Fix]:
    """Yield the closing, where one function makes a channel, sends on it in goroutines, and goes over it."""
    if "asleep - deadlock" not in trouble.message or trouble.source.language != "go" or trouble.function is None:
        return
    own = trouble.function.text()
    made = re.search(r"\b(\w+) := make\(chan [^,\n]+\)\n", own)
    if made is None or f"close({made[1]})" in own or not re.search(rf"range {made[1]} \{{", own):
        return
    channel, waits = made[1], _WAITS.match(trouble.source.lines[trouble.line - 1])
    senders = [one for one in trouble.nodes if one.kind() == "func_literal" and f"{channel} <- " in one.text()]
    if waits is not None:
        indent, unit = waits["indent"], find_unit(trouble.source)
        fresh = [
            f"{indent}go func() {{",
            f"{indent}{unit}{waits['wait']}",
            f"{indent}{unit}close({channel})",
            f"{indent}}}()",
        ]
        yield _say(trouble, trouble.line, trouble.line, fresh)
    elif len(senders) == 1 and not any(above.kind() in LOOPS for above in senders[0].ancestors()):
        first, last = span_lines(senders[0])
        row = trouble.source.lines[first] if first < last else ""
        if row:
            indent = row[: len(row) - len(row.lstrip())]
            yield _say(trouble, first + 1, first, [f"{indent}defer close({channel})"])


def _say(trouble: Trouble, first: int, last: int, fresh: list[str]) -> Fix:
    return Fix(
        source=replace_lines(trouble.source, first, last, fresh),
        rationale=f"{trouble.function_name} waits at {trouble.place} for what never ends; the channel is closed when "
        "all was sent.",
        measures=("everything that is sent is taken", "no log line: an end is ordinary"),
    )
