"""Chooses a reproduction: the user's command, else a test made from the failing frame, by its language."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from hotfix.core.facts import Analysis
from hotfix.repair.contract import SourceFrame
from hotfix.repair.reproduce.contract import Generator, Reproduction, Scene
from hotfix.repair.reproduce.given import expect_error, use_given
from hotfix.repair.reproduce.go import reproduce_go
from hotfix.repair.reproduce.java import reproduce_java
from hotfix.repair.reproduce.node import reproduce_node
from hotfix.repair.reproduce.python import reproduce_python
from hotfix.repair.suites.find import find_python
from hotfix.repair.verify.contract import Expected
from hotfix.repair.verify.workbench import Workbench

GENERATORS: Mapping[str, Generator] = {
    ".py": reproduce_python,
    ".js": reproduce_node,
    ".cjs": reproduce_node,
    ".mjs": reproduce_node,
    ".java": reproduce_java,
    ".go": reproduce_go,
}
"""By the end of the failing file's name."""

_VALUE = re.compile(r"""["']?(?P<name>[A-Za-z_]\w*)["']?\s*[=:]\s*(?P<value>"[^"]*"|'[^']*'|[^\s,;&)}\]]+)""")


def make_reproduction(
    bench: Workbench, frames: Sequence[SourceFrame], analysis: Analysis, given: str | None
) -> tuple[Reproduction | None, str]:
    """Return a reproduction, or None with the reason in one sentence."""
    expected = expect_error(frames)
    if given:
        return use_given(given, expected), ""
    if expected is None:
        return None, "The incident names no error of this repository's code; give a reproduction with --repro."
    generator = GENERATORS.get(PurePosixPath(expected.path).suffix)
    if generator is None:
        known = ", ".join(sorted(GENERATORS))
        return None, f"No reproduction is made for {expected.path} (known: {known}); give one with --repro."
    made = generator(_set_scene(bench, frames, expected, analysis))
    return (None, f"{made} Give a reproduction with --repro.") if isinstance(made, str) else (made, "")


def _set_scene(bench: Workbench, frames: Sequence[SourceFrame], expected: Expected, analysis: Analysis) -> Scene:
    start = next(index for index, frame in enumerate(frames) if frame.depth == 0 and frame.exception)
    ident = frames[start].evidence
    excerpt = next((one.excerpt for one in analysis.evidence if one.id == ident), "")
    return Scene(
        frames=tuple(frame for frame in frames[start:] if frame.evidence == ident),
        expected=expected,
        excerpt=excerpt,
        values=read_values(excerpt),
        tree=bench.base.source,
        patched=bench.patched.source,
        paths=bench.paths,
        python=find_python(bench.base.source, tuple(bench.base.borrowed)),
        run_base=lambda command, files: bench.run(bench.base, command, files=files),
        run_patched=lambda command, files: bench.run(bench.patched, command, files=files),
    )


def read_values(excerpt: str) -> dict[str, str]:
    """Return the named values of a record, such as ``order_id=4831`` or ``"customer": 7``; of a name the first."""
    found: dict[str, str] = {}
    for one in _VALUE.finditer(excerpt):
        found.setdefault(one["name"].lower(), one["value"].strip("\"'"))
    return found
