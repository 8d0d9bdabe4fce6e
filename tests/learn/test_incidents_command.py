"""``hotfix incidents``, run as a user runs it: on the folders that ``hotfix analyze`` wrote."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotfix.learn.events import EventKind, append_event
from tests.learn.cases import at, operator, write_folder
from tests.learn.commands import run_hotfix

_SAMPLES = Path(__file__).parents[2] / "sample_logs"
_NULL, _CLOCK = "20261125T115316Z-orders", "20261125T130227Z-inventory"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which two samples were analysed, the null reference last."""
    folder = tmp_path_factory.mktemp("analysed")
    for sample in ("clock-skew-on-one-replica", "python-null-after-release"):
        logs = str(_SAMPLES / sample / "logs")
        assert run_hotfix(folder, "analyze", logs, "--quiet", "--no-model").returncode == 1
    return folder


@pytest.fixture
def run(analysed: Path, tmp_path: Path) -> Run:
    """Return what runs ``hotfix incidents`` in a copy of that folder."""
    shutil.copytree(analysed, tmp_path, dirs_exist_ok=True)
    return lambda *arguments: run_hotfix(tmp_path, "incidents", *arguments)


def _read(run: Run, *arguments: str) -> dict[str, object]:
    whole = json.loads(run(*arguments, "--json").stdout)
    assert isinstance(whole, dict)
    return whole


def _ids(run: Run, *arguments: str) -> list[str]:
    found = _read(run, "list", *arguments)["incidents"]
    assert isinstance(found, list)
    return [one["id"] for one in found]


def test_list_shows_what_was_analysed(run: Run) -> None:
    """Each incident is one line with id, severity, status, harm and what broke, the newest first."""
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["incident", _CLOCK, _NULL, "2"]
    assert re.match(rf"{_NULL} +P1  open +\d.*\+ +null_reference at orders, nginx: orders", lines[2])
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--severity", "P1"), [_NULL]),
        (("--severity", "P1", "--severity", "P2"), [_CLOCK, _NULL]),
        (("--status", "closed"), []),
        (("--service", "inventory"), [_CLOCK]),
        (("--since", "2026-11-25T12:00Z"), [_CLOCK]),
        (("--search", "'NoneType' object is not subscriptable"), [_NULL]),
        (("--limit", "1"), [_CLOCK]),
    ],
)
def test_list_is_limited_by_options(run: Run, arguments: tuple[str, ...], expected: list[str]) -> None:
    """Status, severity, service, time and words limit the list."""
    assert _ids(run, *arguments) == expected


def test_search_shows_the_place(run: Run) -> None:
    """A search shows the words where they stand, in the notes as well."""
    run("note", _CLOCK, "the vendor's NTP server was 40 s late")
    lines = run("list", "--search", "vendor ntp").stdout.splitlines()
    assert (len(lines), "the [vendor]'s [NTP] server was" in lines[1]) == (3, True)


def test_show_fits_one_screen(run: Run, tmp_path: Path) -> None:
    """What broke, the clock, the documents and the last events fit 24 lines of 100 columns, however much was noted."""
    for number in range(12):
        noted = operator(EventKind.NOTE, number, text=f"note {number} " + "x" * 200)
        append_event(tmp_path / ".hotfix" / "incidents" / _NULL, noted)
    lines = run("show", _NULL).stdout.splitlines()
    assert (len(lines) <= 24, max(map(len, lines)) <= 100) == (True, True)
    assert lines[0] == f"P1 · open · null_reference at orders, nginx · {_NULL}"
    labels = [line[:16].strip() for line in lines if line[:16].strip()]
    assert labels[1:] == ["What broke", "Onset", "Clock", "Documents", "Last events"]
    assert any("diagnosis" in line and "of 30 min at P1: within" in line for line in lines)
    assert any("7 earlier ones are in events.jsonl" in line for line in lines)


def test_show_as_json_holds_all(run: Run) -> None:
    """The JSON of one incident tells the clock with all phases, the documents and every event."""
    shown = _read(run, "show", "last")
    clock, events = shown["clock"], shown["events"]
    assert isinstance(clock, dict)
    assert isinstance(events, list)
    assert [(one["phase"], one["target_min"], one["running"]) for one in clock["phases"]] == [
        ("diagnosis", 30, False),
        ("fix", 60, True),
        ("test", 30, False),
        ("deploy", 30, False),
        ("total", 150, True),
    ]
    assert [(event["kind"], event["source"]) for event in events] == [("detected", "log"), ("diagnosed", "command")]
    assert (shown["id"], clock["running"], clock["noticed_by"]) == (_NULL, "fix", "command")
    assert shown["documents"] == ["diagnosis.md", "events.jsonl", "report.html", "report.json"]


def test_analysing_again_does_not_detect_again(run: Run, tmp_path: Path) -> None:
    """The same logs say once when the first error came; each diagnosis is written down."""
    run_hotfix(tmp_path, "analyze", str(_SAMPLES / "python-null-after-release" / "logs"), "--quiet", "--no-model")
    events = _read(run, "show", _NULL)["events"]
    assert isinstance(events, list)
    assert [event["kind"] for event in events] == ["detected", "diagnosed", "diagnosed"]


def test_life_of_an_incident(run: Run) -> None:
    """Noted, mitigated, resolved, closed and opened again: each word is kept, the last one counts, in lists as well."""
    told = [
        run("status", _NULL).stdout.split(" · ")[2],
        run("note", _NULL, "rolled back", "--role", "on-call").stdout.splitlines()[1].split(" ", 1)[1],
        run("status", _NULL, "mitigated").stdout.split(" · ")[2],
        run("status", _NULL, "resolved", "--note", "guard is live").stdout.split(" · ")[2],
        run("close", _NULL, "--reason", "reviewed").stdout.splitlines()[1].split(" ", 1)[1],
    ]
    expected = ["open", "note [operator, on-call]: rolled back", "mitigated", "resolved", "closed [operator]: reviewed"]
    assert (told, _ids(run, "--status", "closed")) == (expected, [_NULL])
    assert run("status", _NULL, "open").returncode == 0
    assert _ids(run, "--status", "open") == [_CLOCK, _NULL]


def test_notice_starts_the_clock(run: Run) -> None:
    """Who was paged before the first command says so, and the diagnosis is timed from then."""
    run("note", "--detected", _NULL, "pager rang", "--at", "2026-11-25T11:55Z")
    clock = _read(run, "show", _NULL)["clock"]
    assert isinstance(clock, dict)
    assert (clock["noticed_at"], clock["noticed_by"]) == ("2026-11-25T11:55:00Z", "operator")
    assert clock["phases"][0]["over_s"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "20261125T115316Z-order"), f"found '20261125T115316Z-order'; did you mean '{_NULL}'?"),
        (("note", _NULL, " "), "expected some words, found none"),
        (("note", _NULL, "x", "--at", "2999-01-01"), "--at: expected a time"),
        (("note", _NULL, "x", "--at", "soon"), "--at: expected a time such as"),
        (("status", _NULL, "open"), f"{_NULL} is open already; to correct it, say open first"),
        (("status", _NULL, "closed"), "hotfix incidents close takes the reason"),
        (("status", _NULL, "recovered"), "that is for the logs to say"),
        (("close", _NULL), "Missing option '--reason'"),
        (("import", "nothing.tar.gz"), "expected an archive of an incident at nothing.tar.gz, found none"),
        (("list", "--since", "soon"), "--since: expected a time such as"),
    ],
)
def test_what_cannot_be_is_told(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """A command that asks for what cannot be ends with 2 and one sentence, and writes nothing."""
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert message in done.stderr
    assert _read(run, "show", _NULL)["status"] == "open"


def test_time_of_day_is_the_last_one(run: Run) -> None:
    """A time of day without a date is never in the future: what lies ahead of now was yesterday."""
    now = datetime.now(UTC)
    for hours in (-2, 2):
        assert run("note", _NULL, "looked", "--at", f"{now + timedelta(hours=hours):%H:%M}").returncode == 0
    events = _read(run, "show", _NULL)["events"]
    assert isinstance(events, list)
    ages = [round((now - datetime.fromisoformat(event["time"])).total_seconds() / 3600) for event in events[2:]]
    assert ages == [2, 22]


def test_incident_is_carried_to_another_host(run: Run, tmp_path: Path) -> None:
    """What is exported here is imported there, is listed there, and importing it once more changes nothing."""
    run("note", _NULL, "called the vendor")
    exported = run("export", _NULL)
    there = tmp_path / "there"
    there.mkdir()
    shutil.move(tmp_path / f"{_NULL}.hotfix.tar.gz", there)
    first = run_hotfix(there, "incidents", "import", f"{_NULL}.hotfix.tar.gz")
    again = run_hotfix(there, "incidents", "import", f"{_NULL}.hotfix.tar.gz")
    listed = run_hotfix(there, "incidents", "list", "--search", "vendor").stdout
    assert exported.stdout.startswith(f"{_NULL}.hotfix.tar.gz: 4 files of {_NULL}, ")
    assert (first.stdout, again.stdout) == (
        f".hotfix/incidents/{_NULL}: 4 files verified\n",
        f".hotfix/incidents/{_NULL}: is here already, with the same content\n",
    )
    assert listed.splitlines()[1].startswith(_NULL)


def test_index_is_made_anew(run: Run, tmp_path: Path) -> None:
    """A damaged index is never seen by a user; `reindex` makes it from the folders all the same."""
    (tmp_path / ".hotfix" / "hotfix.db").write_bytes(b"damaged" * 1000)
    assert _ids(run) == [_CLOCK, _NULL]
    assert run("reindex").stdout == "2 incidents in .hotfix/hotfix.db\n"
    assert run("reindex", "--json").stdout == (
        '{"indexed": 2, "unreadable": 0, "database": ".hotfix/hotfix.db", "articles": 0}\n'
    )


def test_folder_that_cannot_be_read_is_told_beside_the_list(run: Run, tmp_path: Path) -> None:
    """A broken report costs one sentence on standard error; the others are listed."""
    (tmp_path / ".hotfix" / "incidents" / _CLOCK / "report.json").write_text("{", encoding="utf-8")
    done = run("list")
    assert (done.returncode, _NULL in done.stdout) == (0, True)
    assert done.stderr.startswith(f"hotfix: {_CLOCK} is left out: expected JSON at ")


def test_nothing_here_is_an_empty_list(tmp_path: Path) -> None:
    """Before the first analysis the list is empty and no folder is made."""
    done = run_hotfix(tmp_path, "incidents", "list")
    assert (done.returncode, done.stdout, done.stderr, list(tmp_path.iterdir())) == (0, "0 incidents\n", "", [])


@pytest.mark.parametrize("command", [("list",), ("list", "--search", "evil"), ("show", "last"), ("status", "last")])
def test_hostile_text_reaches_no_terminal(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Escapes, line feeds and overrides in services, causes, statements and notes are shown as what they are."""
    evil = "evil \x1b]0;owned\x07 \x1b[2J\n\u202e \u2066 \x9b31m"
    folder = write_folder(tmp_path / ".hotfix" / "incidents", 1, evil, services=[evil, "checkout"])
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    report["diagnosis"] = {"category": evil, "statement": evil}
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    assert run_hotfix(tmp_path, "incidents", "note", "last", evil, "--role", evil).returncode == 0
    done = run_hotfix(tmp_path, "incidents", *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.replace("\n", "").isprintable()
    assert f"{at(60):%Y%m%dT%H%M%SZ}" in done.stdout
