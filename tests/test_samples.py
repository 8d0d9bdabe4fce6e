"""The recorded incidents: what each says against what truly happened, through the program as a user runs it."""

import json
import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

_SAMPLES = Path(__file__).parents[1] / "sample_logs"
_NAMES = sorted(path.name for path in _SAMPLES.iterdir() if (path / "truth.toml").exists())
_REQUIRED = ("python-null-after-release", "java-npe-after-deploy", "pool-shrunk-by-config")
_SHARE_RIGHT = 0.8


def _truth(name: str) -> dict[str, object]:
    return tomllib.loads((_SAMPLES / name / "truth.toml").read_text("utf-8"))


_QUIET = [name for name in _NAMES if _truth(name)["verdict"] == "no_incident"]
_BROKEN = [name for name in _NAMES if name not in _QUIET]


@cache
def _run(name: str) -> tuple[int, dict[str, object]]:
    """Return exit code and report of ``hotfix analyze sample_logs/NAME/logs`` with nothing told beside."""
    command = [sys.executable, "-m", "hotfix", "analyze", f"sample_logs/{name}/logs", "--json"]
    found = subprocess.run(
        command, cwd=_SAMPLES.parent, capture_output=True, check=False, env=os.environ | {"NO_COLOR": "1"}
    )
    assert b"Traceback" not in found.stderr
    return found.returncode, json.loads(found.stdout)


@pytest.mark.parametrize("name", _QUIET)
def test_control_is_quiet(name: str) -> None:
    """A recording in which nothing broke yields no incident and exit code 0."""
    code, report = _run(name)
    assert (code, report["diagnosis"]["verdict"]) == (0, "no_incident")


@pytest.mark.parametrize("name", _REQUIRED)
def test_incident_is_named(name: str) -> None:
    """Service, cause family, change and code line are those of the truth, and the program ends with 1."""
    code, report = _run(name)
    truth, found = _truth(name), report["diagnosis"]
    assert (code, found["verdict"]) == (1, "incident")
    assert (found["service"], found["category"]) == (truth["service"], truth["category"])
    assert str(truth["trigger"]["new"]) in found["statement"]
    assert str(truth.get("file_line", "")).removeprefix("src/") in found["statement"]


@pytest.mark.parametrize("name", _REQUIRED)
def test_onset_is_within_two_seconds(name: str) -> None:
    """The incident starts within two seconds of the first bad record."""
    _, report = _run(name)
    started = datetime.fromisoformat(report["incident"]["started_at"])
    assert abs(started.astimezone(UTC) - _truth(name)["onset"]) <= timedelta(seconds=2)


def test_most_recordings_are_diagnosed_right() -> None:
    """Service and cause family are right at rank 1 on at least 80 % of the recorded incidents."""
    right = [
        name
        for name in _BROKEN
        if (_run(name)[1]["diagnosis"]["service"], _run(name)[1]["diagnosis"]["category"])
        == (_truth(name)["service"], _truth(name)["category"])
    ]
    assert len(right) >= _SHARE_RIGHT * len(_BROKEN), sorted(set(_BROKEN) - set(right))


@pytest.mark.parametrize("name", _NAMES)
def test_places_open_to_what_they_quote(name: str) -> None:
    """Every excerpt in the report stands verbatim at the lines that it names."""
    _, report = _run(name)
    for one in report["evidence"]:
        place = one["place"]
        lines = (_SAMPLES.parent / place["file"]).read_text("utf-8").split("\n")
        assert "\n".join(lines[place["line"] - 1 : place["end_line"]]) == one["excerpt"]


@pytest.mark.parametrize("name", _NAMES)
def test_counts_add_up(name: str) -> None:
    """Templates, levels and files each count every record."""
    _, report = _run(name)
    records = report["records"]
    assert (
        sum(one["count"] for one in report["templates"])
        == sum(records["by_level"].values())
        == sum(one["records"] for one in report["inputs"]["files"])
        == records["total"]
    )
