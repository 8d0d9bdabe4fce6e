"""Takes a map, or a list, that is not there yet for an empty one (Go): where nothing was stored, there is none."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.source import replace_lines

_TOLD = re.compile(r"^interface conversion: .* is nil, not (?:map\[|\[\])")
_LINE = re.compile(r"^(?P<head>\s*\w+)(?P<rest> := .+\.\((?:map\[|\[\]).*\))\s*$")


def fix_empty_map(trouble: Trouble) -> Iterator[Fix]:
    """Yield the assertion that gives nil in place of a panic: to read a nil map, or to go over it, is harmless."""
    inside = trouble.function is not None and 0 < trouble.line <= len(trouble.source.lines)
    found = _LINE.match(trouble.source.lines[trouble.line - 1]) if inside else None
    if found is None or trouble.source.language != "go" or not _TOLD.match(trouble.message) or trouble.function is None:
        return
    name = found["head"].strip()
    if re.search(rf"\b{name}\[[^\]\n]+\]\s*(?:[-+]?=(?!=)|\+\+|--)", trouble.function.text()):
        return  # to write to a nil map panics
    yield Fix(
        source=replace_lines(trouble.source, trouble.line, trouble.line, [f"{found['head']}, _{found['rest']}"]),
        rationale=f"Nothing is stored yet at {trouble.place}; {name} is empty then.",
        measures=("what is stored is read as before", f"no log line: an empty {name} is ordinary"),
    )
