"""Makes a pytest case for a failing function of Python: a scene that fails before is searched in the sandbox."""

import json
import pprint
import re

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
_BAD: tuple[object, ...] = (None, {}, [], "", 0, "x", -1)
"""What functions fail on: what is missing, empty, zero or unlike the rest."""


def reproduce_python(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The function is called where it failed, or by the nearest caller that also stands with the patch: after a revert the
    function may be gone.
    """
    ways = list_ways(scene, (".py",))
    kept = [way for way in ways if _stands(scene, way)]
    if not kept:
        return f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    marks = find_marks(scene.excerpt, scene.frames[0].line)
    order = {**write_order(scene, kept, ways, [*list_quoted(scene), *_BAD]), "marks": marks}
    files = {**_take_stage("stage.py", "search.py"), ORDER: json.dumps(order)}
    outcome = scene.run_base(f"{scene.python} {FOLDER}/search.py {ORDER}", files)
    answer = read_answer(outcome)
    if "scene" not in answer:
        return say_trouble(answer, outcome)
    text = _write_test(answer["scene"], scene)
    return Reproduction("generated", f"{scene.python} {_TEST}", scene.expected, {_TEST: text}, text)


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
