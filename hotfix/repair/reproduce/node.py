"""Makes a node:test case for a failing function of JavaScript: a scene that fails before is searched in the sandbox."""

import json
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

_SUFFIXES = (".js", ".cjs", ".mjs")
_SEARCH = f"{FOLDER}/search.cjs"
_TEST = "hotfix-reproduction.test.cjs"
_BAD = ("null", "undefined", "({})", "[]", "''", "0", "'x'", "NaN", "'{'")
"""What functions fail on, as expressions; the last is a document that was cut off."""


def reproduce_node(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The function is called where it failed, or by the nearest caller that also stands with the patch. Functions that are
    not exported are reached too.
    """
    ways = list_ways(scene, _SUFFIXES)
    kept = [way for way in ways if _stands(scene, way, ways)]
    if not kept:
        return f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    bad = [*(json.dumps(word) for word in list_quoted(scene)), *_BAD]
    order = {**write_order(scene, kept, ways, bad), "column": _find_column(scene)}
    outcome = scene.run_base(f"node {_SEARCH} {ORDER}", _take_search(order))
    answer = read_answer(outcome)
    if "scene" not in answer:
        return say_trouble(answer, outcome)
    text = _write_test(answer["scene"], scene)
    return Reproduction("generated", f"node --test-reporter=spec {_TEST}", scene.expected, {_TEST: text}, text)


def _stands(scene: Scene, way: Way, ways: list[Way]) -> bool:
    """Tell whether the patched tree still has a function, and it can be loaded."""
    files = _take_search({"stands": way, "ways": ways})
    return scene.run_patched(f"node {_SEARCH} {ORDER}", files).passed


def _take_search(order: dict[str, object]) -> dict[str, str]:
    return {_SEARCH: read_stage("stage.cjs") + read_stage("search.cjs"), ORDER: json.dumps(order)}


def _find_column(scene: Scene) -> int:
    """Return the column of the failing frame in the log, 0 where it says none."""
    name = scene.expected.path.rpartition("/")[2]
    found = re.search(rf"{re.escape(name)}:{scene.frames[0].line}:(\d+)", scene.excerpt)
    return int(found[1]) if found else 0


def _write_test(found: object, scene: Scene) -> str:
    failed = scene.frames[0]
    title = f"{shorten_class(scene.expected.exception or 'an error')} in {failed.function} ({failed.path}) is over"
    return (
        f"// Reproduction of {failed.evidence}, made by hotfix.\n{read_stage('stage.cjs')}\n"
        f"const SCENE = {json.dumps(found, indent=2)};\n\n"
        f"require('node:test')({json.dumps(title)}, async () => {{\n"
        "  setTimeout(() => process.exit(), 5000).unref(); // a module may have begun to listen\n"
        "  await play(SCENE);\n});\n"
    )
