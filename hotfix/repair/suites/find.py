"""Finds how a project's tests are run from the files of its tree: a command for `sh`, run at the root."""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from hotfix.repair.suites.contract import Suite
from hotfix.repair.suites.junit import find_junit_suite

CanRun = Callable[[str], bool]
"""Tells whether a command ends with exit code 0 where the tests will run."""

_REPORTS = ".hotfix-reports"
_JUNIT = f"{_REPORTS}/junit.xml"
_ADD_JUNIT = f'PYTEST_ADDOPTS="--junitxml=$PWD/{_JUNIT}"'  # for a pytest that another tool starts
_TEXT = f"{_REPORTS}/unittest.txt"
_GO = f"{_REPORTS}/go.json"
_TAP = f"{_REPORTS}/node.tap"
_PYTHONS = (".venv/bin/python", "venv/bin/python", "env/bin/python", ".env/bin/python")
_NODE_FLAGS = " ".join(
    (
        f"--test-reporter=tap --test-reporter-destination={_TAP}",
        "--test-reporter=spec --test-reporter-destination=stdout",
    )
)
_NODE_TEST = re.compile(r"\bnode (?:--test)\b")
_HAS_REPORTERS = "node -e 'process.exit(Number(parseInt(process.versions.node) < 18))'"
_NO_TEST = "no test specified"  # what `npm init` writes
_GRADLES = ".gradle/wrapper/dists/*/*/*/bin/gradle"
"""Where a wrapper keeps what it fetched, below the home folder; it refuses to run where it cannot write there."""

_SURE_PYTEST = (
    ("pyproject.toml", "[tool.pytest"),
    ("pytest.ini", ""),
    ("setup.cfg", "[tool:pytest]"),
    ("tox.ini", "[pytest]"),
    ("conftest.py", ""),
    ("tests/conftest.py", ""),
)


def find_suite(tree: Path, paths: Sequence[str], borrowed: Sequence[str], can_run: CanRun) -> Suite | None:
    """Return the project's suite, or None where nothing tells how its tests are run.

    Args:
        tree: the project's files.
        paths: of its files, with slashes.
        borrowed: folders of dependencies that are shown in it, such as ``node_modules``.
        can_run: asked whether a tool is there.
    """
    finders = (
        _find_python,
        _find_tox,
        _find_maven,
        _find_gradle,
        _find_junit,
        _find_npm,
        _find_node,
        _find_go,
        _find_make,
    )
    project = _Project(tree, frozenset(paths), tuple(borrowed), can_run)
    return next((suite for finder in finders if (suite := finder(project)) is not None), None)


def use_given(command: str) -> Suite:
    """Return the suite that a user names; reports are read where runners commonly put them."""
    return Suite("given", command, ("**/TEST-*.xml", "*junit*.xml", "**/*junit*.xml", "**/test-results/*.xml"))


def narrow_suite(suite: Suite, tests: Sequence[str]) -> Suite:
    """Return the suite with these test files alone; the same suite where its runner takes no list or none is given."""
    if not tests or suite.runner != "pytest":
        return suite
    chosen = " ".join(shlex.quote(test) for test in tests)
    return Suite(suite.runner, f"{suite.command} {chosen}", suite.reports, tuple(tests))


def find_python(tree: Path, borrowed: Sequence[str]) -> str:
    """Return the project's own Python where it has an environment, else the one of the host."""
    for path in _PYTHONS:
        if path.split("/", maxsplit=1)[0] in borrowed or (tree / path).exists():
            return f"./{path}"
    return "python3"


class _Project:
    """What the finders look at."""

    def __init__(self, tree: Path, paths: frozenset[str], borrowed: tuple[str, ...], can_run: CanRun) -> None:
        self.paths, self.borrowed, self.can_run = paths, borrowed, can_run
        self.tree = tree

    def read(self, path: str) -> str | None:
        """Return the text of a file at the root, or None when it is not there."""
        file = self.tree / path
        return file.read_text("utf-8", "replace") if path in self.paths and file.is_file() else None

    def has(self, *patterns: str) -> bool:
        return any(PurePosixPath(path).match(pattern) for path in self.paths for pattern in patterns)


def _find_python(project: _Project) -> Suite | None:
    sure = any(sign in (project.read(path) or "") for path, sign in _SURE_PYTEST if project.read(path) is not None)
    if not sure and not project.has("test_*.py", "*_test.py"):
        return None
    python = find_python(project.tree, project.borrowed)
    if project.can_run(f"{python} -c 'import pytest'"):
        return Suite("pytest", f"{python} -m pytest -q --junitxml={_JUNIT}", (_JUNIT,))
    if not project.has("test*.py") or not project.can_run(f"{python} -c pass"):
        return None
    run = f"{python} -m unittest discover -v{_name_start(project)}"
    return Suite("unittest", _keep_output(run, _TEXT), (_TEXT,))


def _name_start(project: _Project) -> str:
    """Return the argument that names the folder of tests, where it is no package below the root."""
    for folder in ("tests", "test"):
        if project.has(f"{folder}/test*.py") and f"{folder}/__init__.py" not in project.paths:
            return f" -s {folder}"
    return ""


def _keep_output(command: str, path: str) -> str:
    """Return a command that writes its output into a file too, and ends with the same exit code."""
    return f"mkdir -p {_REPORTS}; {command} > {path} 2>&1; code=$?; cat {path}; exit $code"


def _find_tox(project: _Project) -> Suite | None:
    if project.read("tox.ini") is None or not project.can_run("tox --version"):
        return None
    passes = "-x testenv.pass_env+=PYTEST_ADDOPTS"  # of version 4
    run = f"{_ADD_JUNIT} tox {passes}" if project.can_run(f"tox {passes} --version") else "tox"
    return Suite("tox", run, (_JUNIT, "**/junit*.xml", "junit*.xml"))


def _find_maven(project: _Project) -> Suite | None:
    if project.read("pom.xml") is None:
        return None
    program = next((one for one in ("mvn", "./mvnw") if project.can_run(f"{one} -o -v")), None)
    reports = ("target/surefire-reports/TEST-*.xml", "*/target/surefire-reports/TEST-*.xml")
    if program is None or not project.can_run(f"{program} -o -B -q -DskipTests test"):
        return None
    return Suite("maven", f"{program} -o -B -q test", reports)


def _find_gradle(project: _Project) -> Suite | None:
    if not project.paths & {"build.gradle", "build.gradle.kts"}:
        return None
    programs = ("gradle", *map(str, sorted(Path.home().glob(_GRADLES), reverse=True)), "./gradlew")
    program = next((one for one in programs if project.can_run(f"{one} --offline --version")), None)
    reports = ("build/test-results/test/*.xml", "*/build/test-results/test/*.xml")
    return Suite("gradle", f"{program} --offline --no-daemon test", reports) if program else None


def _find_junit(project: _Project) -> Suite | None:
    suite = find_junit_suite(project.tree, sorted(project.paths))
    return suite if suite and project.can_run("javac -version") else None


def _find_npm(project: _Project) -> Suite | None:
    try:
        package = json.loads(project.read("package.json") or "{}")
    except ValueError:
        return None
    scripts = package.get("scripts") if isinstance(package, dict) else None
    script = scripts.get("test") if isinstance(scripts, dict) else None
    if not isinstance(script, str) or not script or _NO_TEST in script:
        return None
    if _NODE_TEST.search(script) and project.can_run(_HAS_REPORTERS):
        run = _NODE_TEST.sub(f"node --test {_NODE_FLAGS}", script, count=1)
        return Suite("npm", f"mkdir -p {_REPORTS}; PATH=node_modules/.bin:$PATH; {run}", (_TAP,))
    if not project.can_run("npm --version"):
        return None
    return Suite("npm", "npm test --silent", ("**/junit*.xml", "junit*.xml"))


def _find_node(project: _Project) -> Suite | None:
    patterns = ("*.test.js", "*.test.mjs", "*.test.cjs", "test/*.js", "test/*.mjs")
    if not project.has(*patterns) or not project.can_run("node --version"):
        return None
    if not project.can_run(_HAS_REPORTERS):
        return Suite("node", "node --test")
    return Suite("node", f"mkdir -p {_REPORTS}; node --test {_NODE_FLAGS}", (_TAP,))


def _find_go(project: _Project) -> Suite | None:
    modules = sorted((path for path in project.paths if PurePosixPath(path).name == "go.mod"), key=len)
    if not modules or not project.has("*_test.go") or not project.can_run("go version"):
        return None
    homes = [shlex.quote(str(PurePosixPath(path).parent)) for path in modules]
    runs = "; ".join(f"(cd {home} && go test -json ./...) || code=$?" for home in homes)
    run = "go test -json ./..." if homes == ["."] else f"(code=0; {runs}; exit $code)"
    return Suite("go", _keep_output(run, _GO), (_GO,))


def _find_make(project: _Project) -> Suite | None:
    text = project.read("Makefile") or project.read("makefile") or ""
    if not re.search(r"^test\s*:(?!=)", text, re.MULTILINE) or not project.can_run("make --version"):
        return None
    return Suite("make", f"{_ADD_JUNIT} make test", (_JUNIT, "**/junit*.xml", "junit*.xml", "**/TEST-*.xml"))
