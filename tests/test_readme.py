"""What the README shows is what the program does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_README = (_ROOT / "README.md").read_text("utf-8")
_DEMO = "hotfix analyze sample_logs/python-null-after-release/logs"


def _run(*arguments: str) -> str:
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "hotfix", *arguments]
    found = subprocess.run(command, cwd=_ROOT, capture_output=True, check=False, env=environment)
    return found.stdout.decode()


def test_demo_shows_the_first_screen() -> None:
    """The first block is the first screen of the sample incident, word for word."""
    shown = re.search(rf"```console\n\$ {re.escape(_DEMO)}\n(.*?)```", _README, re.DOTALL)
    assert shown is not None
    screen = _run("analyze", "sample_logs/python-null-after-release/logs").split("\n\nEvidence\n")[0]
    assert shown[1].rstrip("\n") == screen


def test_help_is_that_of_the_program() -> None:
    """The list of commands is what ``hotfix --help`` prints."""
    shown = re.search(r"```text\n(Usage: hotfix .*?)```", _README, re.DOTALL)
    assert shown is not None
    assert shown[1].rstrip("\n") == _run("--help").rstrip("\n")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", _README))))
def test_link_leads_somewhere(target: str) -> None:
    """Every file or folder that the README links to exists."""
    assert (_ROOT / target).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"benchmarks/(\w+\.py)", _README))))
def test_benchmark_exists(name: str) -> None:
    """Every benchmark that the README names is there."""
    assert (_ROOT / "benchmarks" / name).exists()
