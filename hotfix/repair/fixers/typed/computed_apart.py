"""Computes what a map lacks before it is put in (Java): to compute it inside of the map must not change that map."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.source import replace_lines

_RETURN = re.compile(
    r"^(?P<indent>\s*)return (?P<map>(?:this\.)?\w+)\.computeIfAbsent\((?P<key>\w+), (?P<how>[^;]+)\);\s*$"
)


def fix_computed_apart(trouble: Trouble) -> Iterator[Fix]:
    """Yield a look, a computation and a put, in place of the one call."""
    recursive = trouble.message == "Recursive update" or trouble.exception == "ConcurrentModificationException"
    if not recursive or trouble.function is None or trouble.source.language != "java":
        return
    found = _RETURN.match(trouble.source.lines[trouble.line - 1])
    bare = re.escape(found["map"].removeprefix("this.")) if found else "(?!)"
    kind = re.search(rf"Map<[\w.]+, ([\w.<>, ]+)> {bare}\b", trouble.source.text)
    method = re.fullmatch(r"this::(\w+)", found["how"]) if found else None
    closure = re.fullmatch(r"(\w+) -> (.+)", found["how"]) if found else None
    if found is None or kind is None or not (method or closure) or "{" in found["how"]:
        return
    call = f"{method[1]}({found['key']})" if method else ""
    if closure is not None:
        call = re.sub(rf"\b{closure[1]}\b", found["key"], closure[2])
    unit = find_unit(trouble.source)
    rows = [
        f"{kind[1]} value = {found['map']}.get({found['key']});",
        "if (value == null) {",
        f"{unit}value = {call};",
        f"{unit}{found['map']}.put({found['key']}, value);",
        "}",
        "return value;",
    ]
    yield Fix(
        source=replace_lines(trouble.source, trouble.line, trouble.line, [found["indent"] + row for row in rows]),
        rationale=f"What {found['map']} lacks is computed by what changes it itself ({trouble.place}); it is "
        "computed first and put in then.",
        measures=("each is still computed once", "no log line: nothing is left out"),
    )
