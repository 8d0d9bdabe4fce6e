"""Fixers that no trace of a program shows: what is opened is closed, calls get a limit, Go gets guards."""

import re
from pathlib import Path

import pytest

from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.parsing import find_fault
from hotfix.repair.source import Source

_CLOSE_PY = "def load(path):\n    f = open(path)\n    rows = f.readlines()\n    f.close()\n    return rows\n"
_CLOSE_PY_FIXED = "def load(path):\n    with open(path) as f:\n        rows = f.readlines()\n    return rows\n"
_CLOSE_GO = (
    "package a\n\nfunc load(p string) (int, error) {\n\tf, err := os.Open(p)\n"
    "\tif err != nil {\n\t\treturn 0, err\n\t}\n\tn := count(f)\n\treturn n, nil\n}\n"
)
_CLOSE_GO_FIXED = _CLOSE_GO.replace("\tn :=", "\tdefer f.Close()\n\tn :=")
_CLOSE_JAVA = (
    "class A {\n    int load(String p) throws Exception {\n        FileInputStream in = new FileInputStream(p);\n"
    "        int n = in.read();\n        return n;\n    }\n}\n"
)
_CLOSE_JAVA_FIXED = (
    "class A {\n    int load(String p) throws Exception {\n"
    "        try (FileInputStream in = new FileInputStream(p)) {\n"
    "            int n = in.read();\n            return n;\n        }\n    }\n}\n"
)
_KEPT_PY = "def hold(self, path):\n    f = open(path)\n    self.file = f\n    f.seek(0)\n"
_CALL_PY = "def ask(url):\n    return requests.get(url, headers=H)\n"
_CALL_JS = "async function ask(url) {\n  return await fetch(url);\n}\n"
_NIL_GO = 'package a\n\nimport "fmt"\n\nfunc name(u *User) (string, error) {\n\treturn u.Name, nil\n}\n'
_NIL_GO_FIXED = _NIL_GO.replace(
    "\treturn u", '\tif u == nil {\n\t\treturn "", fmt.Errorf("name: u is missing")\n\t}\n\treturn u'
)
_INDEX_GO = (
    "package a\n\nfunc firsts(rows [][]string) []string {\n\tvar out []string\n\tfor _, row := range rows {\n"
    '\t\tlog.Printf("row %v", row)\n\t\tout = append(out, row[0])\n\t}\n\treturn out\n}\n'
)
_INDEX_GO_FIXED = _INDEX_GO.replace(
    "\t\tout =",
    '\t\tif len(row) == 0 {\n\t\t\tlog.Print("row[0] is beyond the end in firsts: that item is left out")\n'
    "\t\t\tcontinue\n\t\t}\n\t\tout =",
)
_ZERO_GO = "package a\n\nfunc rate(n int, of int) int {\n\treturn n / of\n}\n"
_ZERO_GO_FIXED = _ZERO_GO.replace("\treturn", "\tif of == 0 {\n\t\treturn 0\n\t}\n\treturn")
_NIL = "runtime error: invalid memory address or nil pointer dereference"

_CASES = {
    "close in Python": ("close", "a.py", _CLOSE_PY, 2, "", "", "fd_exhaustion", _CLOSE_PY_FIXED),
    "close in Go": ("close", "a.go", _CLOSE_GO, 4, "", "", "fd_exhaustion", _CLOSE_GO_FIXED),
    "close in Java": ("close", "A.java", _CLOSE_JAVA, 3, "", "", "fd_exhaustion", _CLOSE_JAVA_FIXED),
    "what is kept open on purpose": ("close", "a.py", _KEPT_PY, 2, "", "", "fd_exhaustion", None),
    "limit in Python": (
        "timeout", "a.py", _CALL_PY, 2, "", "", "dependency_timeout", _CALL_PY.replace("=H)", "=H, timeout=5)"),
    ),
    "limit in JavaScript": (
        "timeout", "a.js", _CALL_JS, 2, "", "", "dependency_timeout",
        _CALL_JS.replace("fetch(url)", "fetch(url, { signal: AbortSignal.timeout(5000) })"),
    ),
    "a call with a limit": (
        "timeout", "a.py", _CALL_PY.replace("=H", "=H, timeout=1"), 2, "", "", "dependency_timeout", None,
    ),
    "nil in Go": ("missing_value", "a.go", _NIL_GO, 6, "panic", _NIL, "null_reference", _NIL_GO_FIXED),
    "index in Go": (
        "bounds", "a.go", _INDEX_GO, 7, "panic", "index out of range [0] with length 0", "x", _INDEX_GO_FIXED,
    ),
    "zero in Go": ("zero", "a.go", _ZERO_GO, 4, "panic", "runtime error: integer divide by zero", "x", _ZERO_GO_FIXED),
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_fixer_gives_exactly_this(case: tuple[str, str, str, int, str, str, str, str | None]) -> None:
    """The first fix is the text that a careful person would write, or there is none; it parses."""
    name, path, text, line, exception, message, category, wanted = case
    source = Source(path, text.encode())
    trouble = Trouble(source, line, exception, message, category, {path: source})
    fix = next(FIXERS[name](trouble), None)
    assert (fix.source.text if fix else None) == wanted
    assert fix is None or find_fault(fix.source) is None


@pytest.mark.parametrize("name", FIXERS)
@pytest.mark.parametrize("path", ["a.py", "a.js", "a.ts", "A.java", "a.go"])
@pytest.mark.parametrize("text", ["", "\n\n", "x\n", "def f(:\n  }\n"])
def test_fixer_is_silent_on_what_it_cannot_read(name: str, path: str, text: str) -> None:
    """Empty and broken files, and a line beyond the end, give no fix and no error."""
    source = Source(path, text.encode())
    trouble = Trouble(source, 7, "KeyError", "'x'", "fd_exhaustion", {path: source})
    assert list(FIXERS[name](trouble)) == []


def test_documentation_lists_the_fixers_that_there_are() -> None:
    """The table of docs/patch.md names exactly the fixers of the program, in its order of trust."""
    text = (Path(__file__).parents[2] / "docs" / "patch.md").read_text("utf-8")
    table = text.partition("## Fixers")[2].partition("\n\nA guard")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FIXERS)
