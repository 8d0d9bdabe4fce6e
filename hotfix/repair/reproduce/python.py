"""Makes a pytest case for a failing function of Python: a scene that fails before is searched in the sandbox."""

import builtins
import json
import pprint
import re
from dataclasses import replace
from itertools import takewhile

from hotfix.repair.locate.frames import read_trace
from hotfix.repair.reproduce.contract import Reproduction, Scene
from hotfix.repair.reproduce.reason import shorten_class
from hotfix.repair.reproduce.searching import (
    FOLDER,
    ORDER,
    Way,
    list_quoted,
    list_ways,
    read_answer,
    read_stage,
    say_trouble,
    write_order,
)

_TEST = "test_hotfix_reproduction.py"
_NO_DOCSTRING = re.compile(r'\A""".*?"""\n', re.DOTALL)
_BAD: tuple[object, ...] = (None, {}, [], "", 0, "x", -1, "{")
"""What functions fail on: what is missing, empty, zero or unlike the rest, and a document that was cut off."""

_GUESSES = ("x", "", "1,5", "1 000", "1.5", "-1", "NaN", "2026-13-01", "01/02/2026")
"""Texts that programs take for numbers or times and that some of them cannot read."""


def reproduce_python(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The function is called where it failed, or by the nearest caller that also stands with the patch: after a revert the
    function may be gone.
    """
    ways = list_ways(scene, (".py",))
    kept = [way for way in ways if _stands(scene, way)]
    if not kept:
        return f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    quoted = list_quoted(scene)
    order = {
        **write_order(scene, kept, ways, [*quoted, *_BAD]),
        "marks": find_marks(scene.excerpt, scene.frames[0].line),
        "fault": _find_fault(scene),
        "callee": _find_callee(scene),
        "quoted": quoted,
        "guesses": _GUESSES,
    }
    files = {**_take_stage("stage.py", "search.py"), ORDER: json.dumps(order)}
    outcome = scene.run_base(f"{scene.python} {FOLDER}/search.py {ORDER}", files)
    answer = read_answer(outcome)
    if "scene" not in answer:
        return say_trouble(answer, outcome)
    found, others = answer["scene"], answer.get("others")
    made = _make(scene, found)
    return replace(made, others=tuple(_make(scene, other) for other in others) if isinstance(others, list) else ())


def _make(scene: Scene, found: object) -> Reproduction:
    """Return the test that plays a scene."""
    text = _write_test(found, scene)
    parts = found if isinstance(found, dict) else {}
    return Reproduction(
        "generated",
        f"{scene.python} {_TEST}",
        scene.expected,
        {_TEST: text},
        text,
        fault=next(iter(parts.get("fault", {})), None),
        planted=", ".join(f"{name} = {value!r}" for name, value in parts.get("planted", {}).items()),
    )


def _find_fault(scene: Scene) -> tuple[str, str] | None:
    """Return class and message of an error that came from outside: out of a library, or from the operating system."""
    trace = read_trace(scene.excerpt)
    if trace is None or not trace.frames or scene.expected.exception is None:
        return None
    kind = getattr(builtins, scene.expected.exception, None)
    is_of_system = isinstance(kind, type) and issubclass(kind, (OSError, KeyError))
    return (scene.expected.exception, scene.frames[0].message) if is_of_system or not trace.frames[0].own else None


def _find_callee(scene: Scene) -> str:
    """Return the name of the function outside of the project in which the error came about, or nothing."""
    trace = read_trace(scene.excerpt)
    foreign = list(takewhile(lambda frame: not frame.own, trace.frames)) if trace else []
    return foreign[-1].function.rpartition(".")[2] if foreign else ""


def find_marks(excerpt: str, line: int) -> str:
    """Return the marks that Python 3.11 and later set below the failing part of a line, or nothing."""
    rows = excerpt.splitlines()
    start = next((index for index, row in enumerate(rows) if f", line {line}, in " in row), len(rows))
    return next((row.strip() for row in rows[start + 1 : start + 3] if row.strip() and not row.strip("~^ ")), "")


def _stands(scene: Scene, way: Way) -> bool:
    """Tell whether the patched tree still has a function, and it can be loaded."""
    text = f"import sys; sys.path.insert(0, {FOLDER!r}); from stage import find; find({way[0]!r}, {way[1]!r})"
    return scene.run_patched(f'{scene.python} -c "{text}"', _take_stage("stage.py")).passed


def _take_stage(*names: str) -> dict[str, str]:
    return {f"{FOLDER}/{name}": read_stage(name) for name in names}


def _write_test(found: object, scene: Scene) -> str:
    failed = scene.frames[0]
    title = f"Reproduction of {failed.evidence}: {shorten_class(scene.expected.exception or '')} in {failed.function}"
    return "\n".join(
        (
            f'"""{title} ({failed.path}), made by hotfix."""',
            _NO_DOCSTRING.sub("", read_stage("stage.py")),
            "",
            f"SCENE = {pprint.pformat(found, width=100, sort_dicts=False)}",
            "",
            "",
            "def test_incident_is_over():",
            f'    """The call that failed with {shorten_class(scene.expected.exception or "an error")} ends well."""',
            "    play(SCENE)",
            "",
            "",
            'if __name__ == "__main__":',
            "    test_incident_is_over()",
            "",
        )
    )
