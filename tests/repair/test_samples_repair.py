"""The recorded incidents: the commit that brought each, and a patch that a real `git apply` takes."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.repair.trees import run_git

_ROOT = Path(__file__).parents[2]
_SAMPLES = _ROOT / "sample_logs"
_SHARE_RIGHT = 0.9
_FOLDER = TemporaryDirectory(prefix="hotfix-samples-")


def _truth(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_SAMPLES / name / "truth.toml").read_text("utf-8"))


_NAMES = sorted(
    path.parent.name for path in _SAMPLES.glob("*/repo.bundle") if "suspect_commit" in _truth(path.parent.name)
)


def _hotfix(*arguments: str) -> str:
    command = [sys.executable, "-m", "hotfix", *arguments]
    found = subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"}
    )
    assert found.returncode in {0, 1}, found.stderr
    return found.stdout


@cache
def _patch(name: str) -> Mapping[str, Any]:
    """Return what `hotfix patch --json` says of a recorded incident, after `hotfix analyze` as a user runs it."""
    folder = str(Path(_FOLDER.name, name))
    sample = f"sample_logs/{name}"
    _hotfix(
        "analyze", f"{sample}/logs", "--deploys", f"{sample}/deploys.json", "--no-model", "--quiet", "--out", folder
    )
    return json.loads(_hotfix("patch", folder, "--repo", f"{sample}/repo.bundle", "--json"))


def test_suspect_commit_is_rank_one() -> None:
    """On at least 90 % of the recordings in which a commit is to blame, that commit is the first suspect."""
    wrong = [name for name in _NAMES if _patch(name)["suspects"][0]["commit"] != _truth(name)["suspect_commit"]]
    assert len(wrong) <= (1 - _SHARE_RIGHT) * len(_NAMES), wrong


@pytest.mark.parametrize("name", _NAMES)
def test_patch_applies_and_can_be_taken_back(name: str, tmp_path: Path) -> None:
    """`git apply` takes the patch on a clone, its reverse leaves no change, and it touches the file to blame."""
    found = _patch(name)
    run_git(tmp_path, "clone", "--quiet", str(_SAMPLES / name / "repo.bundle"), "clone")
    clone = tmp_path / "clone"
    run_git(clone, "apply", found["patch"])
    changed = run_git(clone, "status", "--porcelain").decode()
    run_git(clone, "apply", "--reverse", found["patch"])
    assert _truth(name)["file_line"].rpartition(":")[0] in changed
    assert run_git(clone, "status", "--porcelain") == b""


def test_rungs_are_as_the_incidents_ask() -> None:
    """What a release brought is taken back; what came from outside is mended by a fixer at the line that failed."""
    rungs = {name: _patch(name)["rung"] for name in _NAMES}
    mended = {"partner-sends-null": "fixer:missing_value", "poison-message": "fixer:number_format"}
    assert rungs == dict.fromkeys(_NAMES, "revert") | mended
