import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hotfix.cli.program import run
from hotfix.learn.alertfiles import Signals, read_alerts
from hotfix.learn.events import EventSource, read_events
from tests.learn.alertmanager import run_alerting
from tests.learn.cases import at, write_folder
from tests.loopback import wait_until

_ONSET = at(60)
"""Onset of the incident that `write_folder` writes as number 1."""

_ALERT = {
    "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "page"},
    "annotations": {"summary": "5xx above 5 %"},
    "fingerprint": "aa11",
    "status": "firing",
    "startsAt": (_ONSET + timedelta(minutes=4)).isoformat(),
    "endsAt": "0001-01-01T00:00:00Z",
}

_ROWS = """time,name,state,service
2026-01-15 16:07,Latency,triggered,checkout
2026-01-15 16:09:30,Latency,acknowledged,checkout
2026-01-15 16:20,Latency,resolved,checkout
2026-01-15 16:20,Latency,resolved,checkout
"""

_LINES = """{"ts": 1768489620, "title": "Latency", "status": "open", "service": "checkout"}
{"ts": 1768489770, "title": "Latency", "status": "acked", "service": "checkout"}
{"ts": 1768490400, "title": "Latency", "status": "closed", "service": "checkout"}
{"ts": 1768490400, "title": "Latency", "status": "closed", "service": "checkout"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an incident that went on for an hour, in a project of its own."""
    monkeypatch.chdir(tmp_path)
    return write_folder(tmp_path / ".hotfix" / "incidents", 1, ended_at=(_ONSET + timedelta(hours=1)).isoformat())


def _read(content: object, zone: str = "UTC") -> Signals:
    text = content if isinstance(content, str) else json.dumps(content)
    return read_alerts(text.encode(), "alerts", ZoneInfo(zone))


def _import(capsys: pytest.CaptureFixture[str], content: object, *options: str) -> dict[str, object]:
    Path("alerts").write_text(content if isinstance(content, str) else json.dumps(content))
    assert run(["incidents", "import-alerts", "last", "alerts", "--json", *options]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert isinstance(whole, dict)
    return whole


def _reasons(whole: dict[str, object]) -> list[tuple[str, str]]:
    rows = whole["left_out"]
    assert isinstance(rows, list)
    return [(row["where"], row["reason"]) for row in rows]


def test_webhook_and_api_of_a_real_alertmanager_tell_one_alert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Prometheus told the Alertmanager is one event, however often and by whichever way it is imported."""
    monkeypatch.chdir(tmp_path)
    began = datetime.now(UTC) - timedelta(minutes=2)
    folder = write_folder(Path(".hotfix", "incidents"), 1, services=["orders"], started_at=began.isoformat())
    with run_alerting(tmp_path) as alerting:
        hooked = alerting.sent[0].decode()
        asked, grouped = (alerting.ask(f"/api/v2/alerts{path}").decode() for path in ("", "/groups"))
        alerting.silence(datetime.now(UTC))
        assert json.loads(asked)[0]["labels"]["alertname"] == "HighErrorRate"
        wait_until(lambda: alerting.state() == "suppressed", "the silence to hold", 120)
        silenced = alerting.ask("/api/v2/alerts").decode()
    told = [_import(capsys, text) for text in (hooked, asked, grouped, f"{hooked}\n{hooked}\n")]
    assert [(one["known"], one["left_out"]) for one in told] == [(0, []), (1, []), (1, []), (2, [])]
    (event,) = read_events(folder).events
    assert (event.kind, event.source, event.at) == (
        "detected",
        EventSource.ALERT,
        datetime.fromisoformat(json.loads(asked)[0]["startsAt"]),
    )
    assert event.text == "alert HighErrorRate of orders fires: 5xx of orders above 5 %"
    (late,) = _read(silenced).signals
    assert (late.turn, late.at) == ("suppressed", event.at)


def test_clock_runs_from_the_first_alert(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The time to detect is that of the alert, of the incident and in the metrics."""
    _import(capsys, {"alerts": [_ALERT]})
    run(["incidents", "show", "last", "--json"])
    clock = json.loads(capsys.readouterr().out)["clock"]
    assert (clock["noticed_by"], clock["detection_s"]) == ("alert", 240.0)
    run(["metrics", "--json"])
    figures = json.loads(capsys.readouterr().out)["all"]["figures"]
    assert [one["median"] for one in figures if one["measure"] == "time_to_detect"] == [240.0]
    assert folder.is_dir()


def test_what_tells_of_something_else_is_left_out_with_its_reason(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alert that fires for days, one that comes long after the end, and an end without a beginning are no part."""
    old = _ALERT | {"startsAt": (_ONSET - timedelta(days=3)).isoformat()}
    late = _ALERT | {"startsAt": (_ONSET + timedelta(hours=3)).isoformat()}
    over = {"time": _ONSET.isoformat(), "name": "Latency", "state": "resolved"}
    whole = _import(capsys, [old, late, over])
    assert _reasons(whole) == [
        ("alerts:1 (alert 1)", "alert HighErrorRate: it fires since 2026-01-12T15:03:00Z, 3 d before the onset"),
        ("alerts:1 (alert 3)", "alert Latency: it is resolved, but when it began to fire is not told"),
        (
            "alerts:1 (alert 2)",
            "alert HighErrorRate: it fires since 2026-01-15T18:03:00Z, 2 h after users were no longer harmed",
        ),
    ]
    assert read_events(folder).events == ()


def test_alert_of_another_service_and_a_suppressed_one_start_no_clock(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They stand in the timeline and say what they are; nobody is said to have noticed."""
    other = _ALERT | {"labels": {"alertname": "Lag", "service": "kafka"}}
    silent = _ALERT | {"status": {"state": "suppressed", "silencedBy": ["x"]}}
    _import(capsys, [other, silent])
    assert [(one.kind, one.text) for one in read_events(folder).events] == [
        ("note", "alert Lag of kafka fires; that service is not among the affected: 5xx above 5 %"),
        ("note", "alert HighErrorRate of checkout fires, but is suppressed: 5xx above 5 %"),
    ]
    run(["incidents", "show", "last", "--json"])
    assert json.loads(capsys.readouterr().out)["clock"]["noticed_at"] is None


def test_resolved_alert_tells_its_beginning_and_its_end() -> None:
    """A resolved one of the webhook is two signals; an end that an alert which fires announces is none."""
    ended = _ALERT | {"status": "resolved", "endsAt": (_ONSET + timedelta(minutes=9)).isoformat()}
    ahead = _ALERT | {"status": {"state": "active"}, "endsAt": (_ONSET + timedelta(hours=9)).isoformat()}
    assert [(one.turn, one.at) for one in _read([ended, ahead]).signals] == [
        ("fires", _ONSET + timedelta(minutes=4)),
        ("resolved", _ONSET + timedelta(minutes=9)),
    ]


@pytest.mark.parametrize("text", [_ROWS, _LINES], ids=["CSV in local time", "JSON lines in seconds since 1970"])
def test_list_of_another_system_is_read(text: str) -> None:
    """Rows that tell when an alert came into a state are one signal each, and one that is told twice is one."""
    found = _read(text, "Europe/Berlin")
    assert [(one.turn, one.name, one.service, f"{one.at:%H:%M:%S}") for one in found.signals] == [
        ("fires", "Latency", "checkout", "15:07:00"),
        ("acknowledged", "Latency", "checkout", "15:09:30"),
        ("resolved", "Latency", "checkout", "15:20:00"),
    ]
    assert (found.repeated, found.skipped) == (1, ())


def test_export_with_created_and_resolved_is_read() -> None:
    """An incident of a pager that says when it was created and resolved is a beginning and an end."""
    whole = {"incidents": [{"id": "Q1", "title": "Latency", "status": "resolved", "service": {"summary": "checkout"},
                            "created_at": "2026-01-15T15:07:00Z", "resolved_at": "2026-01-15T15:20:00Z"}]}  # fmt: skip
    assert [(one.turn, one.service, one.zone) for one in _read(whole).signals] == [
        ("fires", "checkout", "UTC; as written"),
        ("resolved", "checkout", "UTC; as written"),
    ]


def test_how_the_zone_is_known_reaches_the_journal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A zone that is written is told apart from one that is assumed."""
    rows = "time,name,state\n2026-01-15T16:07:00+01:00,A,firing\n2026-01-15 16:08:00,B,firing\n"
    _import(capsys, rows, "--zone", "Europe/Berlin")
    assert [(one.details["zone"], f"{one.at:%H:%M}") for one in read_events(folder).events] == [
        ("UTC; as written, +0100", "15:07"),
        ("UTC; Europe/Berlin assumed", "15:08"),
    ]


def test_bad_rows_are_told_with_their_line() -> None:
    """A row without a name, with an unknown state, without a day, and what is no object, cost nothing else."""
    rows = ("time,name,state", "2026-01-15T15:07Z,,firing", "2026-01-15T15:07Z,A,purple", "15:07,A,firing")
    text = "\n".join((*rows, "2026-01-15T15:07Z,A,firing"))
    found = _read(text)
    assert [(one.where, one.reason) for one in found.skipped] == [
        (
            "alerts:2 (alert 1)",
            "expected the name of the alert in a field such as alertname, alert or name, found none",
        ),
        ("alerts:3 (alert 2)", "expected a state such as firing, acknowledged, suppressed or resolved, found 'purple'"),
        (
            "alerts:4 (alert 3)",
            "expected a time with its day in a field such as startsAt, created_at, time, found '15:07'",
        ),
    ]
    assert [one.where for one in found.signals] == ["alerts:5 (alert 4)"]
    assert [one.reason for one in _read('[{"name": "A", "time": "2026-01-15T15:07Z"}, 5').skipped] == [
        "expected a JSON object that tells of one alert, found '5'",
        "the JSON is broken from here on: string index out of range",
    ]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "\x00\xff\x1b[31m", "[" * 5000, "{}", ""])
def test_text_that_is_no_list_of_alerts_tells_nothing(text: str) -> None:
    """No event comes of it, and nothing breaks."""
    assert _read(text).signals == ()


def test_file_without_an_alert_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody takes silence for an import."""
    (folder.parent / "alerts").write_text("")
    assert run(["incidents", "import-alerts", "last", str(folder.parent / "alerts")]) == 0
    assert "alerts holds no alert" in capsys.readouterr().err


def test_hostile_text_is_harmless(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes of terminals and long texts of an alert are made one short printable line."""
    _import(capsys, [_ALERT | {"annotations": {"summary": "\x1b[31mred\n" + "x" * 9000}}])
    (event,) = read_events(folder).events
    assert (event.text.isprintable(), len(event.text) < 300) == (True, True)


def test_errors_are_sentences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there, and a zone that is none, are told as such."""
    assert folder.is_dir()
    assert run(["incidents", "import-alerts", "last", "nowhere.json"]) == 2
    assert run(["incidents", "import-alerts", "last", "nowhere.json", "--zone", "Mars"]) == 2
    said = capsys.readouterr().err
    assert "expected a file of alerts at nowhere.json, found: No such file or directory" in said
    assert "--zone: expected the name of a zone such as UTC or Europe/Berlin, found 'Mars'" in said


def test_review_tells_of_alerts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Detection names the first alert; why it was not noticed sooner names one that was silenced."""
    monkeypatch.chdir(tmp_path)
    sample = Path(__file__).parents[2] / "sample_logs" / "python-null-after-release" / "logs"
    run(["analyze", str(sample), "--quiet", "--no-model"])
    rows = ("2026-11-25T11:55:46Z,HighErrorRate,active,orders", "2026-11-25T11:54:00Z,5xx,silenced,orders")
    Path("alerts.csv").write_text("\n".join(("startsAt,alertname,state,service", *rows)))
    run(["incidents", "import-alerts", "last", "alerts.csv"])
    run(["rca", "last"])
    (review,) = Path(".hotfix").glob("incidents/*/rca.md")
    text = review.read_text()
    assert "The first alert that told of it is of 2026-11-25T11:55:46Z: alert HighErrorRate of orders fires." in text
    assert "Nobody was told at 2026-11-25T11:54:00Z: alert 5xx of orders fires, but is suppressed." in text
    assert "No alert of a monitoring system is recorded" not in text
