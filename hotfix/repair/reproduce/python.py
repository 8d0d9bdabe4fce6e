"""Makes a pytest case for a failing function of Python: a scene that fails before is searched in the sandbox."""

import json
import pprint
import re

from hotfix.core.resources import find_resource
from hotfix.repair.contract import SourceFrame
from hotfix.repair.limits import REPRODUCTION_TRIES
from hotfix.repair.reproduce.contract import Reproduction, Scene
from hotfix.repair.reproduce.reason import shorten_class

_FOLDER = ".hotfix-stage"
_TEST = "test_hotfix_reproduction.py"
_QUOTED = re.compile(r"'([^']*)'")
_NO_DOCSTRING = re.compile(r'\A""".*?"""\n', re.DOTALL)


def reproduce_python(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The function is called where it failed, or by the nearest caller that also stands with the patch: after a revert the
    function may be gone.
    """
    ways = [(frame.path, frame.function) for frame in scene.frames if frame.function and frame.path.endswith(".py")]
    ways = list(dict.fromkeys(ways))
    kept = [way for way in ways if _stands(scene, way)]
    if not kept:
        return f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    order = {
        "entries": kept,
        "ways": ways,
        "exception": scene.expected.exception,
        "message": scene.frames[0].message,
        "marks": find_marks(scene.excerpt, scene.frames[0].line),
        "path": scene.expected.path,
        "line": scene.frames[0].line,
        "values": dict(scene.values),
        "bad": list_bad_values(scene.frames[0]),
        "tries": REPRODUCTION_TRIES,
    }
    files = {**_take_stage("stage.py", "search.py"), f"{_FOLDER}/order.json": json.dumps(order)}
    run = scene.run_base(f"{scene.python} {_FOLDER}/search.py {_FOLDER}/order.json", files)
    found = _read_answer(run.output)
    if "scene" not in found:
        return f"No reproduction could be made: {found.get('trouble', run.describe())}"
    text = _write_test(found["scene"], scene)
    return Reproduction("generated", f"{scene.python} {_TEST}", scene.expected, {_TEST: text}, text)


def list_bad_values(frame: SourceFrame) -> list[object]:
    """Return the values that functions fail on: what is missing, empty, zero or unlike the rest, and what was told."""
    return [*_QUOTED.findall(frame.message), None, {}, [], "", 0, "x", -1]


def find_marks(excerpt: str, line: int) -> str:
    """Return the marks that Python 3.11 and later set below the failing part of a line, or nothing."""
    rows = excerpt.splitlines()
    start = next((index for index, row in enumerate(rows) if f", line {line}, in " in row), len(rows))
    return next((row.strip() for row in rows[start + 1 : start + 3] if row.strip() and not row.strip("~^ ")), "")


def _stands(scene: Scene, way: tuple[str, str]) -> bool:
    """Tell whether the patched tree still has a function, and it can be loaded."""
    text = f"import sys; sys.path.insert(0, {_FOLDER!r}); from stage import find; find({way[0]!r}, {way[1]!r})"
    return scene.run_patched(f'{scene.python} -c "{text}"', _take_stage("stage.py")).passed


def _take_stage(*names: str) -> dict[str, str]:
    return {f"{_FOLDER}/{name}": _read_stage(name) for name in names}


def _read_stage(name: str) -> str:
    """Return a program that runs beside the project's code; kept as data, it is no part of hotfix itself."""
    return find_resource("templates", "reproduction", f"{name}.txt").read_text(encoding="utf-8")


def _read_answer(output: str) -> dict[str, object]:
    """Return the last line that is JSON: the project's own code may print too."""
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            return found if isinstance(found, dict) else {}
    return {}


def _write_test(found: object, scene: Scene) -> str:
    failed = scene.frames[0]
    title = f"Reproduction of {failed.evidence}: {shorten_class(scene.expected.exception or '')} in {failed.function}"
    return "\n".join(
        (
            f'"""{title} ({failed.path}), made by hotfix."""',
            _NO_DOCSTRING.sub("", _read_stage("stage.py")),
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
