"""Closes a channel only once (Go): a second call that stops the same panics otherwise."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.source import replace_lines

_CLOSE = re.compile(r"^(?P<indent>\s*)close\((?P<owner>\w+)\.(?P<name>\w+)\)\s*$")


def fix_closed_once(trouble: Trouble) -> Iterator[Fix]:
    """Yield a ``sync.Once`` beside the channel of a type, which closes it."""
    if trouble.exception != "panic" or "close of closed channel" not in trouble.message or trouble.function is None:
        return
    source, receiver = trouble.source, trouble.function.field("receiver")
    found = _CLOSE.match(source.lines[trouble.line - 1])
    owner = re.fullmatch(r"\(\s*(\w+)\s+\*(\w+)\s*\)", receiver.text()) if receiver is not None else None
    if found is None or owner is None or owner[1] != found["owner"]:
        return
    declared = re.search(
        rf"(?m)^type {owner[2]} struct \{{\n(?:.*\n)*?([ \t]+){found['name']}\s+chan .*\n", source.text
    )
    once = f"{found['name']}Once"
    if declared is None or re.search(rf"\b{once}\b|\b{owner[2]}\{{(?!\s*(?:\w+:|\}}|\n))", source.text):
        return
    indent, channel = found["indent"], f"{found['owner']}.{found['name']}"
    fresh = replace_lines(
        source, trouble.line, trouble.line, [f"{indent}{found['owner']}.{once}.Do(func() {{ close({channel}) }})"]
    )
    at = fresh.text[: declared.end()].count("\n")
    fresh = replace_lines(fresh, at + 1, at, [f"{declared[1]}{once} sync.Once"])
    mended, imports = bring_in(fresh, ["sync.Once"])
    yield Fix(
        source=mended,
        rationale=f"{trouble.function_name} can be called again, and {channel} is closed by then ({trouble.place}); it "
        "is closed once.",
        measures=("also where two call it at the same time", "no log line: to stop twice is ordinary"),
        imports=imports,
    )
