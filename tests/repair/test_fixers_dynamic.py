"""Faults that Python and JavaScript alone have: each fixer writes what a careful person would, or nothing."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.fixers.dynamic import DYNAMIC
from hotfix.repair.parsing import find_fault
from hotfix.repair.source import Source


@dataclass(frozen=True, slots=True)
class _Case:
    title: str
    fixer: str
    path: str
    line: int
    exception: str
    message: str
    source: str
    wanted: str = ""  # lines that the fix adds, without their indentation


_BOOK = tomllib.loads((Path(__file__).parent / "dynamic.toml").read_text("utf-8"))
_CASES = [_Case(**one) for one in _BOOK["cases"]]
_BY_CLASS = frozenset(
    {
        "returned_await",
        "shared_default",
        "released",
        "each_caught",
        "default_beside",
        "absent",
        "not_there",
        "gathered",
        "ended",
    }
)  # fixers that go by the class of an error and by the code, for its words may be any
_SILENT = [_Case(**one) for one in _BOOK["silent"]]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.title)
def test_fault_is_mended(case: _Case) -> None:
    """The first fix has exactly these lines newly, is no guess, and parses."""
    source = Source(case.path, case.source.encode())
    trouble = Trouble(source, case.line, case.exception, case.message, "x", {case.path: source})
    fix = next(FIXERS[case.fixer](trouble), None)
    assert fix is not None
    old, fresh = list(source.lines), []
    for row in fix.source.lines:
        if row in old:
            old.remove(row)
        elif row.strip() not in {"", "}"}:
            fresh.append(row.strip())
    assert fresh == case.wanted.splitlines()
    assert (fix.guess, find_fault(fix.source)) == ("", None)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.title)
def test_other_failure_is_left_alone(case: _Case) -> None:
    """A message that tells of something else gives no fix, whatever class it comes with."""
    source = Source(case.path, case.source.encode())
    exception = "" if case.fixer in _BY_CLASS else case.exception
    assert not list(FIXERS[case.fixer](Trouble(source, case.line, exception, "disk full", "x", {case.path: source})))


@pytest.mark.parametrize("case", _SILENT, ids=lambda case: case.title)
def test_fault_without_a_ground_gets_no_founded_fix(case: _Case) -> None:
    """The message fits, and the code does not say what is meant: what is yielded is a guess, if anything is."""
    source = Source(case.path, case.source.encode())
    trouble = Trouble(source, case.line, case.exception, case.message, "x", {case.path: source})
    assert trouble.function is not None
    assert [fix.source.text for fix in FIXERS[case.fixer](trouble) if not fix.guess] == []


def test_every_such_fixer_has_a_case() -> None:
    """No fixer is in the table that nothing shows at work."""
    assert {case.fixer for case in _CASES} == set(DYNAMIC)
