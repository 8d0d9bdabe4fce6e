"""Small broken programs, run for real: each fails with a trace, is patched by a fixer, and passes a withheld check."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Judged
from hotfix.repair.proposal import propose_patch
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository, run_git, write_files

_FOLDER = Path(__file__).parent / "programs"
_NAMES = sorted(path.stem for path in _FOLDER.glob("*.toml"))
_LOG_JS = "const say = (fields, msg) => {};\nmodule.exports = { info: say, warn: say, error: say };\n"


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def _run(folder: Path, language: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code beside a program and return how it ended."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    if language == "python":
        commands = [[sys.executable, str(_write(folder.parent / "drive.py", code))]]
    elif language == "javascript":
        commands = [["node", str(_write(folder / "drive.js", code))]]
    else:
        text = f"final class Drive {{ public static void main(String[] a) {{ {code} }} }}"
        sources = [str(path) for path in folder.glob("*.java")]
        classes = str(folder.parent / "classes")
        drive = str(_write(folder.parent / "Drive.java", text))
        flags = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        commands = [["javac", *(f"-J{flag}" for flag in flags), "-g", "-d", classes, drive, *sources],
                    ["java", *flags, "-cp", classes, "Drive"]]  # fmt: skip
    for command in commands:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            break
    return done


def _write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def _repair(name: str, folder: Path) -> tuple[Judged | None, Path]:
    """Run a program until it fails, patch it by the trace, and return the patch and the patched tree."""
    program = _read(name)
    files = {program["path"]: program["source"], "log.js": _LOG_JS} if program["language"] == "javascript" else {
        program["path"]: program["source"]
    }  # fmt: skip
    repository = make_repository(folder / "repository", files)
    failed = _run(repository, program["language"], program["drive"])
    assert failed.returncode, "the program does not fail"
    run_git(repository, "clean", "-fdq")
    with open_repository(repository) as opened:
        best = propose_patch(opened, make_analysis(failed.stderr, program["category"]), lambda _phase: None).best
    if best is not None:
        write_files(repository, {edit.path: edit.after for edit in best.candidate.edits if edit.after is not None})
    return best, repository


@pytest.mark.parametrize("name", _NAMES)
def test_program_is_mended(name: str, tmp_path: Path) -> None:
    """A fixer's patch passes every gate and the program's withheld check; what only stops the harm says so."""
    best, patched = _repair(name, tmp_path)
    assert best is not None
    checked = _run(patched, _read(name)["language"], _read(name)["check"])
    assert (checked.returncode, best.candidate.mitigation) == (0, _read(name)["mitigation"]), checked.stderr
