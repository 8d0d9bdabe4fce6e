"""Makes a go-test case for a failing function of Go: a scene that fails before is searched in the sandbox.

The test lies in the package of the function that it calls, so that it reaches what is not exported. Lines of it that
the compiler refuses with the patch, because what they name is gone, are left away.
"""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from hotfix.repair.limits import REPRODUCTION_TRIES
from hotfix.repair.reproduce.contract import Reproduction, Scene
from hotfix.repair.reproduce.gosource import (
    GoFunction,
    GoInterface,
    find_declared,
    list_imports,
    list_interfaces,
    read_package,
)
from hotfix.repair.reproduce.searching import BAD, KEYS_MOST, list_words, read_answer, read_stage, say_trouble
from hotfix.repair.source import Source

_TEST = "hotfix_reproduction_test.go"
_IMPORTS = ("context", "errors", "io", "math", "os", "reflect", "strconv", "strings", "testing", "time", "unsafe")
_SEARCH_IMPORTS = ("encoding/json", "fmt", "regexp", "runtime")
_HTTP = (
    'func init() { hotfixKnown = append(hotfixKnown, httptest.NewRequest("GET", "/anything", strings.NewReader("{}")), '
    "httptest.NewRecorder(), http.Header{}, http.DefaultClient) }"
)
_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_KEY = re.compile(r'\["([^"\\]+)"\]')
_REFUSED = re.compile(rf"{re.escape(_TEST)}:(\d+):\d+: ")


@dataclass(frozen=True)
class _Package:
    """The package in which a test lies."""

    scene: Scene
    folder: str  # "" for the root
    functions: tuple[GoFunction, ...]  # that the call led through, where it failed first

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Return the package's files, without its tests."""
        return tuple(_read_folder(self.scene, self.folder))

    @cached_property
    def module(self) -> tuple[str, str] | None:
        """Return folder and path of the module, or None where there is none."""
        for parent in (PurePosixPath(self.folder), *PurePosixPath(self.folder).parents):
            place = str(parent / "go.mod")
            if place in self.scene.paths:
                found = _MODULE.search((self.scene.tree / place).read_text("utf-8", "replace"))
                return str(parent), found[1].strip('"') if found else ""
        return None

    @property
    def file(self) -> str:
        """Return the path of the test."""
        return str(PurePosixPath(self.folder) / _TEST)

    def write_command(self, test: str, flags: str = "") -> str:
        """Return the command that runs one test of the package; no test is run for an empty name."""
        home, prefix = (self.module[0], "") if self.module else (self.folder, "GO111MODULE=off ")
        inside = PurePosixPath(self.folder).relative_to(home)
        run = f"{prefix}go test -vet=off -count=1 {flags}-run '^{test}$' {shlex.quote(f'./{inside}')}"
        return run if home in {"", "."} else f"cd {shlex.quote(home)} && {run}"


def reproduce_go(scene: Scene) -> Reproduction | str:
    """Return a test that fails as expected without the patch, or why there is none, in one sentence.

    The function is called where it failed, or by the nearest caller that also stands with the patch.
    """
    trouble = f"No function on the way to {scene.expected.path} can be called both without and with the patch."
    for package in _list_packages(scene):
        lines = _keep_standing(package, [*_write_stubs(package), *_write_entries(package)])
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


def _list_packages(scene: Scene) -> Iterator[_Package]:
    """Yield the packages that the call led through, where it failed first, with its functions in each."""
    found: dict[str, dict[GoFunction, None]] = {}
    for frame in scene.frames:
        if frame.path.endswith(".go") and not frame.path.endswith("_test.go"):
            function = find_declared(_read(scene, frame.path), frame.line)
            if function is not None:
                found.setdefault(frame.path.rpartition("/")[0], {})[function] = None
    for folder, functions in found.items():
        yield _Package(scene, folder, tuple(functions))


def _read(scene: Scene, path: str) -> Source:
    return Source(path, (scene.tree / path).read_bytes())


def _read_folder(scene: Scene, folder: str) -> Iterator[Source]:
    for path in scene.paths:
        if path.rpartition("/")[0] == folder and path.endswith(".go") and not path.endswith("_test.go"):
            yield _read(scene, path)


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


def _write_entries(package: _Package) -> Iterator[str]:
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


def _list_keys(package: _Package) -> Sequence[str]:
    """Return the texts that the package's files look up in maps."""
    return list(dict.fromkeys(key for source in package.sources for key in _KEY.findall(source.text)))[:KEYS_MOST]


def _write_stubs(package: _Package) -> Iterator[str]:
    """Yield a line for each interface that a stand-in may have to answer for, and one where there are requests."""
    imports = dict(pair for source in package.sources for pair in list_imports(source))
    known = {one.name: one for source in package.sources for one in list_interfaces(source)}
    for name, path in imports.items():
        for source in _read_folder(package.scene, _find_folder(package, path)) if package.module else ():
            if f"{name}." in "".join(other.text for other in package.sources):
                known.update((one.name, one) for one in list_interfaces(source, name))
    for number, one in enumerate(known.values()):
        methods = _list_methods(one, known)
        if methods is not None:
            yield _write_stub(f"hotfixStub{number}", one.name, methods)
    if "net/http" in imports.values():
        yield _HTTP


def _find_folder(package: _Package, path: str) -> str:
    """Return the folder of a package of the same module, or a name that no folder has."""
    home, module = package.module or ("", "")
    if path != module and not path.startswith(f"{module}/"):
        return "/"
    return str(PurePosixPath(home) / path.removeprefix(module).strip("/")).removeprefix(".")


def _list_methods(
    one: GoInterface, known: Mapping[str, GoInterface]
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] | None:
    """Return the methods of an interface with those of the embedded ones; None where one of these is not known."""
    methods = list(one.methods)
    for name in one.embedded:
        inner = _list_methods(known[name], known) if name in known and name != one.name else None
        if inner is None:
            return None
        methods.extend(inner)
    return tuple(methods)


def _write_stub(stub: str, interface: str, methods: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> str:
    parts = [f"type {stub} struct{{ name string }}"]
    for name, parameters, results in methods:
        given = ", ".join(f"a{at} {kind}" for at, kind in enumerate(parameters))
        taken = ", ".join(f"r{at} {kind}" for at, kind in enumerate(results))
        places = "".join(f", &r{at}" for at in range(len(results)))
        body = f'hotfixAnswer(s.name+".{name}()"{places}); return'
        parts.append(f"func (s {stub}) {name}({given}) ({taken}) {{ {body} }}")
    known = f"hotfixStubs[reflect.TypeOf((*{interface})(nil)).Elem()]"
    parts.append(f"func init() {{ {known} = func(name string) interface{{}} {{ return {stub}{{name}} }} }}")
    return "; ".join(" ".join(part.split()) for part in parts)


def _keep_standing(package: _Package, lines: Sequence[str]) -> list[str]:
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


def _assemble(package: _Package, lines: Sequence[str], rest: str, more: Sequence[str] = ()) -> str:
    """Return a test file: package, imports, the lines, what calls the function, and the stage."""
    module = package.module[1] if package.module else "_"
    needed = dict.fromkeys((*_IMPORTS, *more))
    spoken = "\n".join(lines)
    pairs = {path: name for source in package.sources for name, path in list_imports(source) if f"{name}." in spoken}
    if _HTTP in lines:
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


def _make(package: _Package, found: Mapping[str, object], stubs: Sequence[str]) -> Reproduction:
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
