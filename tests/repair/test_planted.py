"""Wrong patches, planted on purpose: the gate, or the category of `hotfix test`, that is made for each refuses it.

The patches for the gates are data in `planted/`, one file a language; each has a right patch, which passes them all.
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hotfix.repair.checkout import open_repository, read_file
from hotfix.repair.contract import Edit
from hotfix.repair.gates import GATES, judge_candidate
from hotfix.repair.locate import locate
from hotfix.repair.propose.candidates import Draft, build_candidate
from hotfix.repair.sandbox.confine import find_confinement
from hotfix.repair.sandbox.contract import Limits
from hotfix.repair.verify.contract import (
    Category,
    CompatibleCase,
    Depth,
    Patch,
    Status,
    TestOrder,
    TestVerdict,
)
from hotfix.repair.verify.performance import Race, check_performance
from hotfix.repair.verify.verify import verify_patch
from hotfix.repair.verify.workbench import lay_out_workbench
from tests.repair import shop
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_patch, make_repository, take_prints

_FOLDER = Path(__file__).parent / "planted"
_PROGRAMS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.toml"))}
_WRONG = {
    f"{language} {plant['kind']}": (language, plant)
    for language, program in _PROGRAMS.items()
    for plant in program["wrong"]
}


def _find_refusing(program: Mapping[str, Any], plant: Mapping[str, Any], folder: Path) -> set[str]:
    """Return the gates that refuse a planted change of a program, located by the program's own trace."""
    files = {program["path"]: program["source"].lstrip(), program["test_path"]: program["test"]}
    path = plant.get("path", program["path"])
    with open_repository(make_repository(folder / "repository", files)) as repository:
        located = locate(repository, make_analysis(program["trace"]))
        assert [frame.function for frame in located.frames] == ["greet"]
        edits = [Edit(path, read_file(repository, path), _change(files[path], plant).encode())]
        if path == program["test_path"]:
            good = _change(files[program["path"]], program["right"])
            edits.append(Edit(program["path"], read_file(repository, program["path"]), good.encode()))
        candidate = build_candidate(
            repository, Draft("fixer:planted", tuple(edits), "planted", (), guess=plant.get("guess", ""))
        )
        judged = judge_candidate(repository, candidate, located.frames, located.sources)
    return {gate.gate for gate in judged.gates if not gate.passed}


def _change(text: str, plant: Mapping[str, Any]) -> str:
    if plant.get("rewrite"):
        return "".join(f"{line.rstrip()} \n" for line in text.splitlines()) * 2
    assert text.count(plant["old"]) == 1, plant["old"]
    return text.replace(plant["old"], plant["new"])


@pytest.mark.parametrize("name", _WRONG)
def test_gate_refuses_the_planted_patch(name: str, tmp_path: Path) -> None:
    """The gate that is made for a kind of wrong patch refuses it, in each language."""
    language, plant = _WRONG[name]
    assert plant["gate"] in _find_refusing(_PROGRAMS[language], plant, tmp_path)


@pytest.mark.parametrize("language", _PROGRAMS)
def test_right_patch_passes_every_gate(language: str, tmp_path: Path) -> None:
    """The smallest right patch is refused by nothing."""
    program = _PROGRAMS[language]
    assert _find_refusing(program, program["right"], tmp_path) == set()


def test_every_gate_but_the_last_is_tried_in_each_language() -> None:
    """No gate is without a patch that it must refuse; whether git takes a diff does not depend on the language."""
    for program in _PROGRAMS.values():
        assert {plant["gate"] for plant in program["wrong"]} == set(GATES) - {"applies and reverses"}


_Change = Mapping[str, str | bytes | None]
_ORDER = TestOrder(
    repro=shop.REPRO,
    perf="python3 -m app.race",
    compatible=(CompatibleCase("an order of last year", "python3 -m app.read", b'{"total_cents": 990}'),),
)
_TESTED: Mapping[str, tuple[_Change, Category]] = {
    "leaves the error": (shop.ELSEWHERE, Category.FIX),
    "puts another error in its place": (shop.ANOTHER_ERROR, Category.FIX),
    "deletes the feature": (shop.WITHOUT_FEATURE, Category.REGRESSION),
    "edits the test to its liking": (shop.TESTS_EDITED, Category.REGRESSION),
    "deletes the test": ({**shop.WITHOUT_FEATURE, "tests/test_cart.py": None}, Category.REGRESSION),
    "breaks old data": (shop.OLD_DATA, Category.COMPATIBILITY),
    "cannot be taken back": ({**shop.RIGHT, ".gitattributes": "*.py text eol=crlf\n"}, Category.ROLLBACK),
}


@pytest.mark.parametrize("kind", _TESTED)
def test_hotfix_test_rejects_the_planted_patch(kind: str, tmp_path: Path) -> None:
    """Of the five categories the one that is made for a kind of wrong patch fails, no other does, and that rejects."""
    change, category = _TESTED[kind]
    checkout = make_repository(tmp_path / "checkout", shop.FILES)
    patch = Patch("patch.diff", make_patch(checkout, change))
    before = take_prints(checkout)
    with open_repository(checkout) as repository:
        found = verify_patch(shop.analysis(), repository, patch, _ORDER, lambda _phase: None)
    assert {one.category for one in found.results if one.status is Status.FAILED} == {category}
    assert found.verdict is TestVerdict.REJECTED
    assert take_prints(checkout) == before


_WORK = "def work(n):\n    return sum(i * i % 7 for i in range(n))\n\n\nprint(work(8_000_000))\n"


def test_patch_that_is_slower_by_30_percent_is_rejected(tmp_path: Path) -> None:
    """Real runs of a program that computes for half a second find that it computes a third more."""
    checkout = make_repository(tmp_path / "checkout", {"work.py": _WORK})
    slow = _WORK.replace("    return", "    sum(i * i % 7 for i in range(n // 100 * 32))\n    return")
    diff = make_patch(checkout, {"work.py": slow})
    depth = Depth("full", narrow=False, suite_after_rollback=False, pairs=(6, 12, 24), seconds=120.0)
    race = Race(f"{sys.executable} work.py", "the given command")
    with (
        open_repository(checkout) as repository,
        lay_out_workbench(repository, diff, Limits(seconds=120), find_confinement()) as bench,
    ):
        found = check_performance(bench, race, depth, None)
    assert found.status is Status.FAILED, found.detail
