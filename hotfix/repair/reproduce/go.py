"""Makes a go-test case for a failing function of Go: a scene that fails before is searched in the sandbox.

The test lies in the package of the function that it calls, so that it reaches what is not exported. Lines of it that
the compiler refuses with the patch, because what they name is gone, are left away.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hotfix.repair.limits import REPRODUCTION_TRIES
from hotfix.repair.reproduce.contract import Reproduction, Scene
from hotfix.repair.reproduce.gopackage import GO_TEST, GoPackage, read_source
from hotfix.repair.reproduce.gosource import (
    GoFunction,
    find_declared,
    list_imports,
    read_package,
)
from hotfix.repair.reproduce.gostubs import HTTP_LINE, write_stubs
from hotfix.repair.reproduce.searching import BAD, KEYS_MOST, list_words, read_answer, read_stage, say_trouble

_IMPORTS = ("context", "errors", "io", "math", "os", "reflect", "strconv", "strings", "testing", "time", "unsafe")
_SEARCH_IMPORTS = ("encoding/json", "fmt", "regexp", "runtime")
_KEY = re.compile(r'\["([^"\\]+)"\]')
_REFUSED = re.compile(rf"{re.escape(GO_TEST)}:(\d+):\d+: ")


def reproduce_go(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The function is called where it failed, or by the nearest caller that also stands with the patch.
    """
    trouble = f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    for package in _list_packages(scene):
        lines = _keep_standing(package, [*write_stubs(package), *_write_entries(package)])
        if not any(line.startswith("func init() { hotfixEntries") for line in lines):
            continue
        order = f"const hotfixOrderText = {json.dumps(json.dumps(_write_order(scene)), ensure_ascii=False)}"
        text = _assemble(package, [*lines, order], read_stage("search.go"), _SEARCH_IMPORTS)
        outcome = scene.run_base(package.write_command("TestHotfixSearch", "-v "), {package.file: text})
        answer = read_answer(outcome)
        found = answer.get("scene")
        if isinstance(found, dict):
            return _make(package, found, [line for line in lines if "hotfixEntries" not in line])
        trouble = say_trouble(answer, outcome)
    return trouble


def _list_packages(scene: Scene) -> Iterator[GoPackage]:
    """Yield the packages that the call led through, where it failed first, with its functions in each."""
    found: dict[str, dict[GoFunction, None]] = {}
    for frame in scene.frames:
        if frame.path.endswith(".go") and not frame.path.endswith("_test.go"):
            function = find_declared(read_source(scene, frame.path), frame.line)
            if function is not None:
                found.setdefault(frame.path.rpartition("/")[0], {})[function] = None
    for folder, functions in found.items():
        yield GoPackage(scene, folder, tuple(functions))


def _write_order(scene: Scene) -> dict[str, object]:
    failed = scene.frames[0]
    return {
        "Message": failed.message.partition("\n")[0],
        "Path": failed.path,
        "Line": failed.line,
        "Tries": REPRODUCTION_TRIES,
        "Values": dict(scene.values),
        "Bad": [*(f"={word}" for word in list_words(scene)), *BAD],
    }


def _write_entries(package: GoPackage) -> Iterator[str]:
    """Yield a line for each function, so that the compiler's word on a line is on one function."""
    for index, function in enumerate(package.functions):
        yield (
            f"func init() {{ hotfixEntries = append(hotfixEntries, hotfixEntry{{{json.dumps(str(index))}, "
            f"{function.expression}, {_write_names(function)}}}) }}"
        )


def _write_names(function: GoFunction) -> str:
    return _write_texts(function.parameters)


def _write_texts(texts: Iterable[str]) -> str:
    return f"[]string{{{', '.join(map(json.dumps, texts))}}}"


def _list_keys(package: GoPackage) -> Sequence[str]:
    """Return the texts that the package's files look up in maps."""
    return list(dict.fromkeys(key for source in package.sources for key in _KEY.findall(source.text)))[:KEYS_MOST]


def _keep_standing(package: GoPackage, lines: Sequence[str]) -> list[str]:
    """Return the lines that the compiler takes in the patched tree; none where it refuses something else."""
    kept = list(lines)
    while kept:
        text = _assemble(package, [*kept, 'const hotfixOrderText = ""'], read_stage("search.go"), _SEARCH_IMPORTS)
        outcome = package.scene.run_patched(package.write_command(""), {package.file: text})
        if outcome.passed:
            return kept
        rows = text.splitlines()
        refused = {rows[int(number) - 1] for number in _REFUSED.findall(outcome.output)}
        if not refused & set(kept):
            return []
        kept = [line for line in kept if line not in refused]
    return kept


def _assemble(package: GoPackage, lines: Sequence[str], rest: str, more: Sequence[str] = ()) -> str:
    """Return a test file: package, imports, the lines, what calls the function, and the stage."""
    module = package.module[1] if package.module else "_"
    needed = dict.fromkeys((*_IMPORTS, *more))
    spoken = "\n".join(lines)
    pairs = {path: name for source in package.sources for name, path in list_imports(source) if f"{name}." in spoken}
    if HTTP_LINE in lines:
        pairs.update({"net/http": "http", "net/http/httptest": "httptest"})
    others = [f"\t{name} {json.dumps(path)}" for path, name in pairs.items() if path not in needed]
    imports = [*(f"\t{json.dumps(path)}" for path in needed), *others]
    return "\n".join(
        (
            f"package {read_package(package.sources[0])}",
            "",
            "import (",
            *imports,
            ")",
            "",
            f"const hotfixModule = {json.dumps(module)}",
            f"var hotfixKeys = {_write_texts(_list_keys(package))}",
            "",
            *lines,
            rest,
            read_stage("stage.go"),
        )
    )


def _make(package: GoPackage, found: Mapping[str, object], stubs: Sequence[str]) -> Reproduction:
    scene, failed = package.scene, package.scene.frames[0]
    function = package.functions[int(str(found["entry"]))]
    rest = "\n".join(
        (
            "",
            f"// TestIncidentIsOver is the reproduction of {failed.evidence}, made by hotfix: the panic in",
            f"// {failed.function or 'a function'} ({failed.path}) is over.",
            "func TestIncidentIsOver(t *testing.T) {",
            f"\tplanted := {_write_map(found['planted'])}",
            f"\tvalues := {_write_map(found['values'])}",
            f"\thotfixOpen(planted, values).play({function.expression}, {_write_names(function)})",
            "}",
            "",
        )
    )
    text = _assemble(package, stubs, rest)
    command = package.write_command("TestIncidentIsOver")
    return Reproduction("generated", command, scene.expected, {package.file: text}, text, compiles=True)


def _write_map(pairs: object) -> str:
    """Return a Go literal of a map of texts."""
    rows = pairs.items() if isinstance(pairs, dict) else ()
    inside = ", ".join(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in rows)
    return f"map[string]string{{{inside}}}"
