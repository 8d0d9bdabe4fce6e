"""Small broken programs, run for real.

A program is a TOML file: a source, a `drive` that makes it fail with a trace, and a `check` that accepts every sensible
mending of it and that nothing but the judge reads.
"""

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Candidate, Proposal
from hotfix.repair.proposal import propose_patch
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository, run_git, write_files

_LIMIT_S = "60"
_LOG_JS = "const say = (fields, msg) => {};\nmodule.exports = { info: say, warn: say, error: say };\n"
_JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8")


@dataclass(frozen=True, slots=True)
class Program:
    """One broken program."""

    name: str
    language: str  # python, java, javascript or go
    category: str  # the family that a diagnosis gives its failure
    path: str
    source: str
    drive: str
    check: str
    mitigation: bool = False  # whether what comes out is expected to stop the harm only
    guess: bool = False  # whether nothing in the code says what is meant, so that no patch is to come out
    files: dict[str, str] = field(default_factory=dict)  # path → source of what stands beside it


def read_program(path: Path) -> Program:
    """Return the program of a file."""
    return Program(path.stem, **tomllib.loads(path.read_text("utf-8")))


def fail_program(program: Program, folder: Path) -> tuple[Path, str]:
    """Run a program until it fails and return its repository below a folder, clean again, and the trace."""
    default = {"log.js": _LOG_JS} if program.language == "javascript" else {}
    repository = make_repository(folder / "repository", default | {program.path: program.source} | program.files)
    failed = _run(repository, program.language, program.drive)
    assert failed.returncode, f"{program.name} does not fail"
    run_git(repository, "clean", "-fdq")
    return repository, failed.stderr


def mend_program(program: Program, repository: Path, trace: str) -> Proposal:
    """Return what is proposed for a program that failed with a trace."""
    with open_repository(repository) as opened:
        return propose_patch(opened, make_analysis(trace, program.category), lambda _phase: None)


def check_patch(program: Program, repository: Path, candidate: Candidate) -> subprocess.CompletedProcess[str]:
    """Return how the check of a program ends with a patch; the tree is clean again afterwards."""
    write_files(repository, {edit.path: edit.after for edit in candidate.edits if edit.after is not None})
    checked = _run(repository, program.language, program.check)
    run_git(repository, "reset", "--quiet", "--hard")
    run_git(repository, "clean", "-fdq")
    return checked


def _run(folder: Path, language: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code beside a program and return how it ended, 124 where it did not."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GOCACHE": str(folder.parents[1] / "go-cache"),
        "GO111MODULE": "off",
    }
    for command in _list_commands(folder, language, code):
        limited = ["timeout", "--kill-after=1", _LIMIT_S, *command]
        done = subprocess.run(limited, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            break
    return done


def _list_commands(folder: Path, language: str, code: str) -> list[list[str]]:
    """Write code beside a program and return the commands that run it."""
    if language == "python":
        return [[sys.executable, _write(folder.parent / "drive.py", code)]]
    if language == "javascript":
        return [["node", _write(folder / "drive.js", code)]]
    if language == "go":
        _write(folder / "drive.go", f"package main\n{code}")
        return [["go", "run", *sorted(path.name for path in folder.glob("*.go"))]]
    drive = f"final class Drive {{ public static void main(String[] a) {{ {code} }} }}"
    sources = [_write(folder.parent / "Drive.java", drive), *(str(path) for path in folder.glob("*.java"))]
    classes = str(folder.parent / "classes")
    return [
        ["javac", *(f"-J{flag}" for flag in _JVM), "-g", "-encoding", "UTF-8", "-d", classes, *sources],
        ["java", *_JVM, "-cp", classes, "Drive"],
    ]


def _write(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)
