"""``hotfix run`` is cut off anywhere, by SIGKILL or by a full disk: nothing is half-written, and it goes on."""

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flow.ways import PATIENCE_S, Place, find_faults, go, list_ends, tell_environment, write_logs


def _start(place: Path, logs: str, most_bytes: int | None = None) -> "subprocess.Popen[str]":
    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return subprocess.Popen(
        [sys.executable, "-m", "hotfix", "run", logs, "--no-model", "--yes-to-documents", "--json"],
        cwd=place,
        env=tell_environment(place) | {"PYTHONDONTWRITEBYTECODE": "1"},  # the limit would cut Python's own files off
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509  # no thread runs in the tests
    )


def _count_files(place: Path) -> int:
    return len(list(place.glob(".hotfix/incidents/*/*")))


@pytest.mark.parametrize("files", [1, 3, 5, 8])
def test_way_that_is_killed_goes_on(tmp_path: Path, files: int) -> None:
    """Killed as soon as so many files lie in the folder: all are whole, and the same command comes to the end."""
    logs = write_logs(tmp_path)
    running = _start(tmp_path, logs)
    while running.poll() is None and _count_files(tmp_path) < files:
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=PATIENCE_S)
    assert find_faults(tmp_path) == []
    done = go(tmp_path, "run", logs, "--no-model", "--yes-to-documents", "--json")
    assert done.returncode == 1, done.stderr
    assert {one["step"]: one["status"] for one in json.loads(done.stdout)["steps"]} == {
        "diagnose": "done",
        "patch": "skipped",
        "test": "skipped",
        "plan": "refused",
        "deploy": "skipped",
        "review": "done",
    }
    assert find_faults(tmp_path) == []
    assert set(list_ends(Place(tmp_path).incident)) == {"diagnose", "plan", "review"}


@pytest.mark.parametrize("most_bytes", [6_000, 30_000])
def test_full_disk_is_one_sentence(tmp_path: Path, most_bytes: int) -> None:
    """Where a file cannot be written, one sentence says which, no traceback, and what is there is whole."""
    running = _start(tmp_path, write_logs(tmp_path), most_bytes)
    _, said = running.communicate(timeout=PATIENCE_S)
    told = [line for line in said.splitlines() if line.startswith("hotfix: ")]
    assert (running.returncode, len(told)) == (2, 1), said
    assert "found: File too large" in told[0]
    assert find_faults(tmp_path) == []
