"""Wrong patches, planted on purpose: the gate, or the category of `hotfix test`, that is made for each refuses it.

The patches for the gates are data in `planted/`, one file a language; each has a right patch, which passes them all.
"""

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
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository

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
        candidate = build_candidate(repository, Draft("fixer:planted", tuple(edits), "planted", ()))
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
