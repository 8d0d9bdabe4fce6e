"""What the commands of an incident's life leave in its journal."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotfix.core.settings import EVENT_TEXT_CHARACTERS
from hotfix.learn.events import Event, EventKind, EventSource, read_events
from hotfix.learn.recording import Effort, leave_out_known, record_diagnosis
from tests.learn.cases import at, detected
from tests.report.analyses import ONSET, incident, no_incident, worded

_SAMPLE = Path(__file__).parents[2] / "sample_logs" / "python-null-after-release"
_EFFORT = Effort(at(10), at(10) + timedelta(seconds=2.5), 2.25)


def test_diagnosis_is_written_down_with_its_cost() -> None:
    """The logs show when the incident was to be seen, the command when it was diagnosed, and for how much."""
    seen, diagnosed = record_diagnosis(incident(), _EFFORT)
    assert seen == Event(EventKind.DETECTED, ONSET, _EFFORT.ended, EventSource.LOG, "first error record")
    assert (diagnosed.kind, diagnosed.at, diagnosed.source, diagnosed.done) == (
        "diagnosed",
        _EFFORT.ended,
        "command",
        True,
    )
    assert dict(diagnosed.details) == {
        "started_at": "2026-01-15T14:13:00Z",
        "seconds": 2.5,
        "cpu_s": 2.25,
        "agent": "bug-diagnostician",
        "verdict": "incident",
        "category": "null_reference",
        "confidence": 0.91,
        "severity": "P0",
        "approach": "rollback",
    }


def test_tokens_of_a_model_are_written_down() -> None:
    """What a local model read, wrote and had struck is part of the cost."""
    details = record_diagnosis(worded(), _EFFORT)[1].details
    assert {key: details[key] for key in ("model", "prompt_tokens", "output_tokens", "struck_claims")} == {
        "model": "some-3b",
        "prompt_tokens": 2100,
        "output_tokens": 140,
        "struck_claims": 2,
    }


def test_nothing_is_written_down_of_no_incident() -> None:
    """Logs in which nothing got worse have no phases."""
    assert record_diagnosis(no_incident(), _EFFORT) == ()


def test_long_statement_is_cut() -> None:
    """A statement that quotes a long line fits the journal all the same."""
    whole = incident()
    long = replace(whole, diagnosis=replace(whole.diagnosis, statement="x" * 100_000))
    assert len(record_diagnosis(long, _EFFORT)[1].text) == EVENT_TEXT_CHARACTERS


def test_same_logs_say_the_same_once() -> None:
    """What the logs said before is left out; another first error record, of more logs, is kept."""
    other = replace(detected(), at=at(0.2))
    diagnosed = record_diagnosis(incident(), _EFFORT)[1]
    assert leave_out_known((detected(), other, diagnosed), (detected(), diagnosed)) == (other, diagnosed)


def _run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "hotfix", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True, env=environment)


@pytest.mark.timeout(900)
def test_commands_leave_their_phases(tmp_path: Path) -> None:
    """Analysed, patched and tested, the sample has every phase up to its rollout in its journal, in order."""
    bundle = str(_SAMPLE / "repo.bundle")
    _run(tmp_path, "analyze", str(_SAMPLE / "logs"), "--quiet", "--no-model")
    _run(tmp_path, "patch", "last", "--repo", bundle, "--no-model", "--no-try")
    _run(tmp_path, "test", "last", "--repo", bundle)
    folder = next((tmp_path / ".hotfix" / "incidents").iterdir())
    log = read_events(folder)
    assert [(one.kind, one.source, one.done) for one in log.events] == [
        ("detected", "log", True),
        ("diagnosed", "command", True),
        ("patched", "command", True),
        ("tested", "command", True),
    ]
    assert [one.details.get("agent") for one in log.events[1:]] == [
        "bug-diagnostician",
        "patch-developer",
        "hotfix-tester",
    ]
    assert log.skipped == ()


def test_journal_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    """Where the journal is in the way the diagnosis is printed and kept all the same, with one sentence on it."""
    (tmp_path / "out" / "events.jsonl").mkdir(parents=True)
    done = _run(tmp_path, "analyze", str(_SAMPLE / "logs"), "--quiet", "--no-model", "--out", "out")
    assert (done.returncode, done.stdout.startswith("INCIDENT P1"), (tmp_path / "out" / "report.json").is_file()) == (
        1,
        True,
        True,
    )
    assert done.stderr.endswith(
        "hotfix: not written down: expected a journal that can be read at out/events.jsonl, found: not a plain file\n"
    )
