"""Gives an error where a `Must…` call panics on what came from outside (Go): its twin without `Must` gives one."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import dialect_of
from hotfix.repair.source import replace_lines

_MUST = re.compile(r"^(?P<indent>\s*)(?P<name>\w+) := (?P<package>\w+)\.Must(?P<call>[A-Z]\w*)\((?P<given>.*)\)\s*$")
_MADE = re.compile(r"\b(?:fmt\.Errorf|errors\.New)\(.*\)$")


def fix_must(trouble: Trouble) -> Iterator[Fix]:
    """Yield the call that gives an error, where the function gives one on."""
    inside = trouble.function is not None and 0 < trouble.line <= len(trouble.source.lines)
    found = _MUST.match(trouble.source.lines[trouble.line - 1]) if inside else None
    if found is None or trouble.source.language != "go" or trouble.exception != "panic" or not found["given"].strip():
        return
    leave = dialect_of(trouble).find_return(trouble)
    if leave is None or not _MADE.search(leave):
        return
    indent = found["indent"]
    fresh = [
        f"{indent}{found['name']}, err := {found['package']}.{found['call']}({found['given']})",
        f"{indent}if err != nil {{",
        f"{indent}\t{_MADE.sub('err', leave)}",
        f"{indent}}}",
    ]
    yield Fix(
        source=replace_lines(trouble.source, trouble.line, trouble.line, fresh),
        rationale=f"{found['package']}.Must{found['call']} panics on what cannot be read ({trouble.place}); "
        f"{found['package']}.{found['call']} gives an error, which goes on to the caller.",
        measures=("the error goes on to the caller", "no log line: the caller decides"),
    )
