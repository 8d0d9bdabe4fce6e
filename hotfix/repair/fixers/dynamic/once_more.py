"""Ends a walk up that comes round to where it was (Python): with the error that the function has for no end."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import choose_name
from hotfix.repair.source import replace_lines

_STEP = re.compile(r"^(\s*)(\w+) = ((?:self\.)?\w+)(?:\[(\w+)\]|\.get\((\w+)\))$")


def fix_once_more(trouble: Trouble) -> Iterator[Fix]:
    """Yield a check of all that is above before the function calls itself for the next."""
    function, name = trouble.function, trouble.function_name
    if "maximum recursion depth" not in trouble.message or trouble.source.language != "python" or function is None:
        return
    raised = re.search(r"\bRaises (\w+)", describe_function(trouble))
    first = function.range().start.line + 1
    for number in range(trouble.line - 1, first - 1, -1):
        step = _STEP.match(trouble.source.lines[number - 1])
        key = (step[4] or step[5]) if step is not None else ""
        if (
            step is None
            or raised is None
            or not re.search(rf"\b{name}\([^()]*\b{step[2]}\b", trouble.source.lines[trouble.line - 1])
        ):
            continue
        unit, indent = find_unit(trouble.source), indent_of(trouble.source.lines[number - 1])
        passed, above = choose_name(function, "passed", "seen"), choose_name(function, "above", "higher")
        rows = [
            f"{passed}, {above} = {{{key}}}, {step[2]}",
            f"while {above} is not None:",
            f"{unit}if {above} in {passed}:",
            f'{unit}{unit}raise {raised[1]}(f"{{{key}}} comes round to {{{above}}}")',
            f"{unit}{passed}.add({above})",
            f"{unit}{above} = {step[3]}.get({above})",
        ]
        mended = replace_lines(trouble.source, number + 1, number, [indent + row for row in rows])
        what = f"what is above {key} can come round to it, which has no end; then {raised[1]} is raised"
        yield tell_fix(
            trouble, mended.text, what, ("what ends is walked as before", "no log line: the error tells of it")
        )
        return
