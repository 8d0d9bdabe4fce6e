"""Whole-program cases: each file of `tests/cases` is a command with its files, output, messages and exit code."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

_CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    """The command does what the case says: same exit code; output and messages match its patterns, line by line."""
    case = tomllib.loads(path.read_text("utf-8"))
    for name, text in case.get("files", {}).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))
    found = subprocess.run(
        [sys.executable, "-m", "hotfix", *shlex.split(case["command"])],
        cwd=tmp_path,
        input=case.get("stdin", "").encode(),
        capture_output=True,
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "LANG": "C.UTF-8",
            "HOTFIX_MODELS": str(tmp_path / "models"),
        },
    )
    output, messages = found.stdout.decode(), found.stderr.decode()
    assert found.returncode == case["exit"], output + messages
    assert "Traceback" not in messages
    for pattern in case.get("output", []):
        assert re.search(pattern, output), f"{pattern!r} not in:\n{output}"
    for pattern in case.get("messages", []):
        assert re.search(pattern, messages), f"{pattern!r} not in:\n{messages}"
    if "output" not in case:
        assert not output
    if "messages" not in case:
        assert not messages
