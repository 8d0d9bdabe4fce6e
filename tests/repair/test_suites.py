import json
import shutil
import sys
from pathlib import Path, PurePosixPath

import pytest

from hotfix.repair.sandbox.contract import Ground, Job, Limits
from hotfix.repair.sandbox.running import run_job
from hotfix.repair.suites.choose import choose_tests
from hotfix.repair.suites.compare import compare_results
from hotfix.repair.suites.contract import Comparison, Result, Suite
from hotfix.repair.suites.find import find_suite, narrow_suite, use_given
from hotfix.repair.suites.reports import read_results
from tests.repair.trees import write_files

P, F, S = Result.PASSED, Result.FAILED, Result.SKIPPED

_PYTEST = "import pytest\n\ndef test_good():\n    assert True\n\ndef test_bad():\n    assert False\n"
_UNITTEST = (
    "import unittest\n\nclass A(unittest.TestCase):\n    def test_good(self):\n        pass\n\n"
    "    def test_bad(self):\n        self.fail()\n"
)
_JUNIT = """package a;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

class ATest {
    @Test void good() { }
    @Test void bad() { Assertions.fail(); }
    @Disabled @Test void later() { }
}
"""
_GO = """package a

import "testing"

func Test_good(t *testing.T)  {}
func Test_bad(t *testing.T)   { t.Fail() }
func Test_later(t *testing.T) { t.Skip() }
"""
_NODE = (
    "const test = require('node:test');\ntest('good', () => {});\n"
    "test('bad', () => { throw new Error('no'); });\ntest('later', { skip: true }, () => {});\n"
)


def _find(tree: Path, files: dict[str, str], tools: tuple[str, ...] = ()) -> Suite | None:
    write_files(tree, files)
    return find_suite(tree, tuple(files), (), lambda command: any(tool in command for tool in tools))


@pytest.mark.parametrize(
    ("files", "tools", "runner", "command"),
    [
        ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, ("import pytest",), "pytest", "python3 -m pytest -q"),
        ({"tests/test_a.py": ""}, ("import pytest",), "pytest", "python3 -m pytest -q"),
        ({"tests/test_a.py": ""}, ("-c pass",), "unittest", "python3 -m unittest discover -v -s tests"),
        ({"tox.ini": "[tox]\n"}, ("tox",), "tox", "tox"),
        ({"pom.xml": "<project/>"}, ("mvn",), "maven", "mvn -o -B -q test"),
        ({"build.gradle": ""}, ("./gradlew",), "gradle", "./gradlew --offline --no-daemon test"),
        ({"a/ATest.java": _JUNIT}, ("javac",), "junit", "--scan-classpath .hotfix-reports/classes"),
        ({"package.json": '{"scripts": {"test": "jest"}}'}, ("npm",), "npm", "npm test --silent"),
        ({"test/a.js": ""}, ("node",), "node", "node --test --test-reporter=tap"),
        ({"go.mod": "", "a_test.go": ""}, ("go version",), "go", "; go test -json ./..."),
        ({"b/go.mod": "", "b/a_test.go": ""}, ("go version",), "go", "(cd b && go test -json ./...)"),
        ({"Makefile": "all:\ntest: all\n\ttrue\n"}, ("make",), "make", "make test"),
    ],
)
def test_suite_is_found(
    tmp_path: Path, files: dict[str, str], tools: tuple[str, ...], runner: str, command: str
) -> None:
    """Each kind of project tells by its files how its tests are run, where the tool is there."""
    found = _find(tmp_path, files, tools)
    assert found is not None
    assert (found.runner, command in found.command) == (runner, True)


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": ""},
        {"package.json": json.dumps({"scripts": {"test": 'echo "Error: no test specified" && exit 1'}})},
        {"package.json": "no JSON"},
        {"Makefile": "test := 1\n"},
        {"pom.xml": "<project/>"},
    ],
)
def test_no_suite_is_invented(tmp_path: Path, files: dict[str, str]) -> None:
    """Where nothing tells how, or the tool is not there, there is no suite."""
    assert _find(tmp_path, files, ("npm", "make", "node")) is None


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"tests/test_a.py": _UNITTEST}, {"good": P, "bad": F}),
        (
            {"package.json": '{"scripts": {"test": "node --test"}}', "a.test.js": _NODE},
            {"good": P, "bad": F, "later": S},
        ),
        ({"a.test.js": _NODE}, {"good": P, "bad": F, "later": S}),
        ({"go.mod": "module example.org/a\n", "a_test.go": _GO}, {"good": P, "bad": F, "later": S}),
        ({"one/go.mod": "module example.org/a\n", "one/a_test.go": _GO}, {"good": P, "bad": F, "later": S}),
        ({"src/a/ATest.java": _JUNIT}, {"good()": P, "bad()": F, "later()": S}),
        (
            {"Makefile": f"test:\n\t{sys.executable} -m pytest -q checks.py\n", "checks.py": _PYTEST},
            {"good": P, "bad": F},
        ),
    ],
    ids=["python", "npm", "node", "go", "go below the root", "junit", "pytest by make"],
)
def test_real_suite_tells_of_each_test(tmp_path: Path, files: dict[str, str], wanted: dict[str, Result]) -> None:
    """A real run in the sandbox says what became of each test; the exit code is the runner's."""
    write_files(tmp_path, files)
    ground = Ground(tmp_path, PurePosixPath(tmp_path))
    suite = find_suite(tmp_path, tuple(files), (), lambda command: run_job(Job(command, ground)).passed)
    assert suite is not None
    outcome = run_job(Job(suite.command, ground, Limits(seconds=120), collect=suite.reports))
    results = {name: result for name, result in read_results(outcome.files).items() if name.endswith(tuple(wanted))}
    assert outcome.code
    assert sorted(results.values()) == sorted(wanted.values()), outcome.output
    assert {next(word for word in wanted if word in name): result for name, result in results.items()} == wanted


def test_unittest_is_used_without_pytest(tmp_path: Path) -> None:
    """Where pytest is not there the tests are run by unittest, and each is told."""
    write_files(tmp_path, {"tests/test_a.py": _UNITTEST})
    ground = Ground(tmp_path, PurePosixPath(tmp_path))
    suite = find_suite(tmp_path, ("tests/test_a.py",), (), lambda command: "pytest" not in command)
    assert suite is not None
    outcome = run_job(Job(suite.command, ground, Limits(seconds=120), collect=suite.reports))
    assert outcome.code == 1
    assert sorted(read_results(outcome.files).values()) == [F, P]


def test_python_of_the_project_is_used(tmp_path: Path) -> None:
    """An environment of the project's own comes before the Python of the host."""
    suite = find_suite(tmp_path, ("test_a.py",), (".venv",), lambda command: command.startswith("./.venv/bin/python"))
    assert suite is not None
    assert suite.command.startswith("./.venv/bin/python -m pytest")
    assert narrow_suite(suite, ["tests/test b.py"]).command.endswith(" 'tests/test b.py'")
    assert narrow_suite(use_given("make check"), ["a"]).command == "make check"


def test_reports_are_read() -> None:
    """JUnit, TAP, events of Go and lines of unittest give results; of a name that comes twice the worse counts."""
    junit = (
        '<?xml version="1.0" encoding="UTF-8"?><testsuites><testsuite><testcase classname="a" name="one"/>'
        '<testcase classname="a" name="two"><failure/></testcase><testcase name="three"><skipped/></testcase>'
        '<testcase classname="a" name="two"/></testsuite></testsuites>'
    )
    go = '{"Action":"pass","Package":"p","Test":"TestA"}\nnoise\n{"Action":"fail","Package":"p"}\n'
    text = "test_a (m.T.test_a) ... ok\ntest_b (m.T.test_b)\nSays so. ... FAIL\ntest_c (m.T.test_c) ... skipped 'x'\n"
    tap = "TAP version 13\n    ok 1 - in\n      ---\n      ok 2 - none\n      ...\nnot ok 2 - out\nok 3 - off # SKIP\n"
    assert read_results({"j.xml": junit, "g.json": go, "u.txt": text, "n.tap": tap}) == {
        "in": P,
        "out": F,
        "off": S,
        "p::TestA": P,
        "a::one": P,
        "a::two": F,
        "three": S,
        "test_a (m.T.test_a)": P,
        "test_b (m.T.test_b)": F,
        "test_c (m.T.test_c)": S,
    }


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><testsuite><testcase name="&b;"/></testsuite>',
        "<testsuite><testcase",
        "",
        "\0\1",
    ],
)
def test_hostile_report_is_no_report(text: str) -> None:
    """A file with a document type, or that is no XML, gives no results and no error."""
    assert read_results({"x.xml": text}) == {}


def test_runs_are_compared_test_by_test() -> None:
    """What differs without the patch is flaky; of the rest, what passed and does not any more is broken."""
    first = {"a": P, "b": P, "c": F, "d": F, "e": P, "gone": P, "skipped": P}
    second = {**first, "e": F}
    patched = {"a": P, "b": F, "c": P, "d": F, "e": F, "new": F, "skipped": S}
    assert compare_results(first, second, patched) == Comparison(
        compared=4,
        broken=("b", "gone", "skipped"),
        repaired=("c",),
        still_failing=("d",),
        newly_failing=("new",),
        flaky=("e",),
    )


def test_tests_of_changed_files_are_chosen() -> None:
    """With little time the test files that name a changed module are run; none when nothing names it."""
    tests = {
        "tests/test_cart.py": "from app import cart",
        "tests/test_b.py": "import cartoon",
        "tests/test_c.py": "cart.",
    }
    assert choose_tests(["app/cart.py"], tests) == ("tests/test_c.py", "tests/test_cart.py")
    assert choose_tests(["app/other.py"], tests) == ()
    assert choose_tests([], tests) == ()


@pytest.mark.parametrize("tool", ["node", "python3", "go", "javac", "make"])
def test_tools_are_here(tool: str) -> None:
    """The tools that these tests run are on the path."""
    assert shutil.which(tool)
