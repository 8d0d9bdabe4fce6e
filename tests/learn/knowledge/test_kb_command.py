"""Past incidents through the program as a user runs it: recordings, and twins of them (`benchmarks/knowledge.py`)."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.twins import make_twin
from hotfix.learn.actionrules import ActionType, Horizon, Suggestion
from hotfix.learn.actions import Standing, propose_actions, settle_action
from tests.learn.commands import run_hotfix

_ROOT = Path(__file__).parents[3]
_SAMPLES, _TWINS = _ROOT / "sample_logs", _ROOT / "benchmarks" / "recorded_twins"
_KEPT = {
    "python-null-after-release": "20261125T115316Z-orders",
    "clock-skew-on-one-replica": "20261125T130227Z-inventory",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which two samples were analysed."""
    folder = tmp_path_factory.mktemp("kept")
    for sample in _KEPT:
        assert run_hotfix(folder, "analyze", str(_SAMPLES / sample / "logs"), "--quiet", "--no-model").returncode == 1
    return folder


def _analyze(kept: Path, logs: Path, out: Path) -> dict[str, object]:
    run_hotfix(kept, "analyze", str(logs), "--no-model", "--quiet", "--out", str(out))
    whole = json.loads((out / "report.json").read_text())
    assert isinstance(whole, dict)
    return whole


@pytest.mark.parametrize("again", [False, True], ids=["changed", "recorded again"])
@pytest.mark.parametrize("sample", _KEPT)
def test_twin_is_named_first(kept: Path, tmp_path: Path, sample: str, again: bool) -> None:  # noqa: FBT001
    """An incident with other hosts, dates, ids and counts is found, also a second one where all has other names."""
    logs = _TWINS / sample / "logs" if again else tmp_path / "logs"
    if not again:
        make_twin(_SAMPLES / sample / "logs", logs, seed=7, renamed=False)
    report = _analyze(kept, logs, tmp_path / "out")
    assert report["compared"] == len(_KEPT)
    assert report["similar"][0]["incident"] == _KEPT[sample]
    for name in ("diagnosis.md", "report.html"):
        assert "candidates to check, never evidence" in (tmp_path / "out" / name).read_text()


def test_unrelated_incident_is_no_match(kept: Path, tmp_path: Path) -> None:
    """An incident of another cause names none, and the document says how many were looked at."""
    report = _analyze(kept, _SAMPLES / "redis-maxmemory-cut" / "logs", tmp_path)
    assert (report["similar"], report["compared"]) == ([], len(_KEPT))
    assert "None of 2 past incidents kept here is like this one." in (tmp_path / "diagnosis.md").read_text()


def test_healthy_logs_are_compared_with_nothing(kept: Path, tmp_path: Path) -> None:
    """Without an incident there is nothing to compare."""
    report = _analyze(kept, _SAMPLES / "healthy-deploy" / "logs", tmp_path)
    assert (report["similar"], report["compared"]) == ([], None)


def test_search_finds_by_words_and_says_no_match(kept: Path) -> None:
    """An error text finds its incident; words of nothing that is kept find none."""
    found = json.loads(run_hotfix(kept, "kb", "search", "'NoneType' object is not subscriptable", "--json").stdout)
    assert [one["incident"] for one in found["similar"]] == [_KEPT["python-null-after-release"]]
    assert run_hotfix(kept, "kb", "search", "quantum", "banana").stdout == "no match among 2 past incidents\n"
    assert run_hotfix(kept, "kb", "search", "quantum banana " * 40).stdout == "no match among 2 past incidents\n"


def test_search_takes_an_incident(kept: Path) -> None:
    """An incident is compared with all others but itself."""
    said = run_hotfix(kept, "kb", "search", _KEPT["python-null-after-release"]).stdout
    assert said == "no match among 1 past incident\n"


def test_show_says_by_what_an_incident_is_compared(kept: Path) -> None:
    """Family, services, exceptions, code and masked wording stand there, the same as in JSON."""
    ident = _KEPT["python-null-after-release"]
    shown = json.loads(run_hotfix(kept, "kb", "show", ident, "--json").stdout)
    assert (shown["family"], shown["exceptions"], shown["code"]) == (
        "null_reference",
        ["TypeError"],
        ["delivery.py in describe_window"],
    )
    assert "'NoneType' object is not subscriptable" in run_hotfix(kept, "kb", "show", ident).stdout


def test_open_actions_of_similar_incidents_are_shown(kept: Path, tmp_path: Path) -> None:
    """Of the actions that a review of a similar incident proposed, those that are open stand there, others do not."""
    make_twin(_SAMPLES / "python-null-after-release" / "logs", tmp_path / "logs", seed=7, renamed=False)
    _analyze(kept, tmp_path / "logs", tmp_path / "out")
    folder = kept / ".hotfix" / "incidents" / _KEPT["python-null-after-release"]
    first, second = (_suggest(text) for text in ("Guard the missing window.", "Alert on share of errors."))
    propose_actions(folder, [first, second], datetime(2026, 11, 26, tzinfo=UTC))
    settle_action(folder, "A2", Standing.DONE, "the alert rang in the drill", datetime(2026, 11, 27, tzinfo=UTC))
    shown = json.loads(run_hotfix(kept, "kb", "show", str(tmp_path / "out"), "--json").stdout)
    assert [(one["action"], one["text"]) for one in shown["open_actions"]] == [("A1", "Guard the missing window.")]
    assert "would one of them have prevented this?" in run_hotfix(kept, "kb", "show", str(tmp_path / "out")).stdout


def _suggest(text: str) -> Suggestion:
    return Suggestion(Horizon.WEEK, ActionType.PREVENT, "service owner", text, "a test", "F1", date(2026, 12, 1))


def test_search_without_incidents_says_so(tmp_path: Path) -> None:
    """Where nothing was analysed the answer is a sentence, and no folder is made."""
    assert run_hotfix(tmp_path, "kb", "search", "timeout").stdout == "No past incident is kept here.\n"
    assert not (tmp_path / ".hotfix").exists()
