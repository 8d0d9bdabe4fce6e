"""Makes a JUnit case for a failing method of Java: a scene that fails before is searched in the sandbox.

The sources are compiled there by the compiler itself, the failing file with what it needs; no build tool runs. Where
the project has JUnit the test bears its annotation; it has a `main` too, by which it is run here.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from hotfix.repair.limits import REPRODUCTION_TRIES
from hotfix.repair.reproduce.contract import Reproduction, Scene
from hotfix.repair.reproduce.reason import shorten_class
from hotfix.repair.reproduce.searching import (
    BAD,
    FOLDER,
    KEYS_MOST,
    Way,
    list_ways,
    list_words,
    read_answer,
    read_stage,
    say_trouble,
)
from hotfix.repair.source import Source, list_functions, name_function
from hotfix.repair.suites.javasources import JAVAC, list_roots, read_package
from hotfix.repair.suites.libraries import find_junit, find_libraries

_JAVA = "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

_CLASSES = f"{FOLDER}/classes"
_ORDER = f"{FOLDER}/order.txt"
_SEARCH = f"{FOLDER}/HotfixSearch.java"
_TEST = "HotfixReproductionTest"
_KEY = re.compile(r'\b(?:get|getOrDefault|containsKey|remove)\("([^"\\]+)"')
_PROGRAM = f"{FOLDER}/program"


@dataclass(frozen=True, slots=True)
class _Project:
    """How a project's sources are compiled and loaded."""

    types: Mapping[str, str]  # path of a file of the ways → the class that it is named after
    roots: tuple[str, ...]  # folders of sources
    resources: tuple[str, ...]
    libraries: tuple[str, ...]
    keys: tuple[str, ...]  # texts that the files of the ways look up in maps

    def list_flags(self) -> list[str]:
        """Return the arguments of the compiler, but for the files."""
        return [
            *("-parameters", "-g", "-nowarn", "-Xlint:none", "-encoding", "UTF-8", "-d", _CLASSES),
            *("-sourcepath", ":".join(self.roots) or ".", "-cp", ":".join((_CLASSES, *self.libraries))),
        ]


def reproduce_java(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The method is called where it failed, or by the nearest caller that also stands with the patch.
    """
    ways = list_ways(scene, (".java",))
    project = _describe_project(scene, ways)
    kept = [way for way in ways if _stands(scene, *way)]
    if not kept:
        return f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    outcome = scene.run_base(_search(), _take_search(scene, kept, project))
    answer = read_answer(outcome)
    found = answer.get("scene")
    if not isinstance(found, dict):
        return say_trouble(answer, outcome)
    entry = next(
        path for path, name in project.types.items() if re.fullmatch(rf"{re.escape(name)}(\$.*)?", found["type"])
    )
    text = _write_test(found, scene, project)
    files = {f"{_TEST}.java": text}
    return Reproduction("generated", _write_command(project, entry), scene.expected, files, text, compiles=True)


def _stands(scene: Scene, path: str, function: str) -> bool:
    """Tell whether the patched tree still has a method of that name in that file."""
    file = scene.patched / path
    return file.is_file() and function in map(name_function, list_functions(Source(path, file.read_bytes())))


def _describe_project(scene: Scene, ways: Sequence[Way]) -> _Project:
    types = {path: ".".join(filter(None, (read_package(_read(scene, path)), _name(path)))) for path, _ in ways}
    roots = list_roots(scene.tree, scene.paths)
    resources = dict.fromkeys(
        f"{root.removesuffix('java')}resources" for root in roots if root.endswith("src/main/java")
    )
    keys = dict.fromkeys(key for path in types for key in _KEY.findall(_read(scene, path)))
    libraries = find_libraries(scene.tree, scene.paths)
    return _Project(types, roots, tuple(resources), libraries, tuple(keys)[:KEYS_MOST])


def _name(path: str) -> str:
    return PurePosixPath(path).stem


def _read(scene: Scene, path: str) -> str:
    return (scene.tree / path).read_text("utf-8", "replace")


def _search() -> str:
    return f"{JAVAC} -nowarn -d {_PROGRAM} {_SEARCH} && {_JAVA} -cp {_PROGRAM} HotfixSearch {_ORDER}"


def _take_search(scene: Scene, entries: Sequence[Way], project: _Project) -> dict[str, str]:
    rows = _write_order(scene, entries, project)
    order = "".join("\t".join(re.sub(r"[\t\r\n]", " ", cell) for cell in row) + "\n" for row in rows)
    return {_SEARCH: read_stage("stage.java") + read_stage("search.java"), _ORDER: order}


def _write_order(scene: Scene, entries: Sequence[Way], project: _Project) -> Iterator[tuple[str, ...]]:
    """Yield what the search is told: a word and its cells each."""
    yield from (("entry", project.types[path], function, path) for path, function in entries)
    failed = scene.frames[0]
    name = re.split(r"[.$]", scene.expected.exception or "")[-1]
    yield "error", name, failed.message.partition("\n")[0], PurePosixPath(failed.path).name, str(failed.line)
    yield from (("flag", flag) for flag in project.list_flags())
    yield from (("library", place) for place in (*project.libraries, *(f"{folder}/" for folder in project.resources)))
    yield from (("value", name, value) for name, value in scene.values.items())
    yield from (("bad", word) for word in (*(f"={word}" for word in list_words(scene)), *BAD, "fixed"))
    yield from (("key", key) for key in project.keys)
    yield "tries", str(REPRODUCTION_TRIES)


def _write_command(project: _Project, entry: str) -> str:
    places = ":".join((_CLASSES, *project.resources, *project.libraries))
    compile_all = shlex.join([*JAVAC.split(), *project.list_flags(), entry, f"{_TEST}.java"])
    return f"mkdir -p {_CLASSES} && {compile_all} && {shlex.join([*_JAVA.split(), '-cp', places, _TEST])}"


def _write_test(found: Mapping[str, object], scene: Scene, project: _Project) -> str:
    failed, annotation = scene.frames[0], find_junit(project.libraries)
    keys = "".join(f", {json.dumps(key)}" for key in project.keys)
    error = shorten_class(scene.expected.exception or "an error")
    call = ", ".join(json.dumps(found[name]) for name in ("type", "method", "parameters"))
    return (
        f"// Reproduction of {failed.evidence}, made by hotfix.\n{read_stage('stage.java')}\n"
        f"/** {error} in {failed.function} ({failed.path}) is over. */\n"
        f"public class {_TEST} {{\n"
        + (f"    @{annotation}\n" if annotation else "")
        + "    public void incidentIsOver() throws Throwable {\n"
        f"        HotfixStage.play({_TEST}.class.getClassLoader(), {call},\n"
        f"            HotfixStage.pairs({_write_pairs(found['planted'])}),\n"
        f"            HotfixStage.pairs({_write_pairs(found['values'])}){keys});\n"
        "    }\n\n"
        "    public static void main(String[] given) throws Throwable {\n"
        f"        new {_TEST}().incidentIsOver();\n"
        "        System.exit(0); // a class may have begun to run something\n"
        "    }\n}\n"
    )


def _write_pairs(pairs: object) -> str:
    words = [json.dumps(word) for pair in pairs.items() for word in pair] if isinstance(pairs, dict) else []
    return ", ".join(words)
