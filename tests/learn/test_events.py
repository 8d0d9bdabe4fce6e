"""The journal of an incident: what is written is read back, whatever else the file holds and whoever writes beside."""

import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.core.errors import InputError, UsageError
from hotfix.learn.events import (
    EVENTS,
    Event,
    EventKind,
    EventLog,
    EventSource,
    append_event,
    parse_event,
    read_events,
    render_event,
)

AT = datetime(2026, 1, 15, 14, 3, 7, 250_000, tzinfo=UTC)
EVENT = Event(
    kind=EventKind.PATCHED,
    at=AT,
    recorded_at=AT + timedelta(seconds=1),
    source=EventSource.COMMAND,
    text="a guard at app/cart.py:88",
    actor="on-call",
    done=False,
    details={"seconds": 12.5, "gates": ("applies", "small"), "of": {"rung": "fixer:guards"}},
)
_NO_TIME = "expected a time as ISO 8601 with its zone at here.time"
_NO_JSON = "expected JSON at here, found other text"


def _wrong(**changes: object) -> str:
    whole = json.loads(render_event(EVENT)) | changes
    return json.dumps({key: value for key, value in whole.items() if value is not ...})


def test_events_are_read_in_the_order_they_were_written(tmp_path: Path) -> None:
    """What was appended is read back whole, also where an earlier time is written down later."""
    note = Event(EventKind.NOTE, AT - timedelta(hours=1), AT, EventSource.OPERATOR, "called the vendor")
    append_event(tmp_path, EVENT)
    append_event(tmp_path, note)
    assert read_events(tmp_path) == EventLog((EVENT, note), ())


def test_journal_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """An incident without a journal has no events."""
    assert read_events(tmp_path) == EventLog()


@given(
    text=st.text(), actor=st.none() | st.text(), more=st.dictionaries(st.text(min_size=9), st.integers() | st.text())
)
def test_any_text_is_read_back(text: str, actor: str | None, more: dict[str, object]) -> None:
    """Control characters, lone surrogates and fields of later versions survive, on one line of plain ASCII."""
    event = replace(EVENT, text=text, actor=actor, more={f"x-{key}": value for key, value in more.items()})
    line = render_event(event)
    assert (parse_event(line, "here"), line.isascii() and line.isprintable()) == (event, True)


def test_line_that_was_cut_off_is_told_and_the_next_one_stays_apart(tmp_path: Path) -> None:
    """A process that was killed in the middle of a line costs that line alone."""
    append_event(tmp_path, EVENT)
    with (tmp_path / EVENTS).open("a", encoding="utf-8") as file:
        file.write(render_event(EVENT)[:50])
    torn = read_events(tmp_path)
    append_event(tmp_path, EVENT)
    healed = read_events(tmp_path)
    assert [(len(log.events), [one.reason for one in log.skipped]) for log in (torn, healed)] == [
        (1, ["cut off while it was written"]),
        (2, ["expected JSON at events.jsonl:2, found other text"]),
    ]


def test_last_line_needs_no_line_feed(tmp_path: Path) -> None:
    """An editor that leaves out the last line feed loses nothing."""
    (tmp_path / EVENTS).write_text(render_event(EVENT), encoding="utf-8")
    assert read_events(tmp_path) == EventLog((EVENT,), ())


def test_time_of_any_zone_becomes_utc() -> None:
    """A time is the same instant whatever zone it was written in."""
    there = AT.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()
    assert parse_event(_wrong(time=there), "here") == EVENT


def test_later_version_is_kept() -> None:
    """Kinds, sources and fields of later versions are read, and written as they came."""
    line = _wrong(kind="escalated", source="pager", vendor={"ticket": [1, 2]})
    event = parse_event(line, "here")
    assert (event.kind, event.source, json.loads(render_event(event))) == ("escalated", "pager", json.loads(line))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", _NO_JSON),
        ("[" * 50_000, _NO_JSON),
        ("[1]", "expected an object at here, found [1]"),
        (_wrong(schema="hotfix.event/2"), "expected schema 'hotfix.event/1' at here, found 'hotfix.event/2'"),
        (_wrong(kind="A B"), "expected a word of lower-case letters at here.kind, found 'A B'"),
        (
            _wrong(time="2026-01-15T14:03:07"),
            f"{_NO_TIME}, found '2026-01-15T14:03:07'",
        ),
        (
            _wrong(time="0001-01-01T00:00:00+14:00"),
            f"{_NO_TIME}, found '0001-01-01T00:00:00+14:00'",
        ),
        (_wrong(text=7), "expected text at here.text, found 7"),
        (_wrong(actor=7), "expected text at here.actor, found 7"),
        (_wrong(done=1), "expected true or false at here.done, found 1"),
        (_wrong(details=[]), "expected an object at here.details, found []"),
        (_wrong(source=...), "expected the key 'source' at here, found none; is this hotfix.event/1?"),
        (_wrong(text="x" * 70_000)[:70_000], "expected at most 65536 characters at here, found 70000"),
    ],
)
def test_what_is_no_event_is_told_by_field(line: str, message: str) -> None:
    """An error names the place, the field, what was expected there and what was found."""
    with pytest.raises(InputError) as caught:
        parse_event(line, "here")
    assert str(caught.value) == message


def test_what_cannot_be_read_back_is_not_written(tmp_path: Path) -> None:
    """A note that is too long is refused before anything is written."""
    with pytest.raises(InputError, match="at most 65536 characters"):
        append_event(tmp_path, replace(EVENT, text="x" * 70_000))
    assert list(tmp_path.iterdir()) == []


def test_processes_that_append_together_lose_nothing(tmp_path: Path) -> None:
    """Several processes write one journal at the same time: every event is there, each on its own line."""
    program = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from hotfix.learn.events import append_event, parse_event\n"
        "event = parse_event(sys.argv[2], 'argument')\n"
        "for number in range(50): append_event(Path(sys.argv[1]), replace(event, text=f'{sys.argv[3]} {number}'))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), render_event(EVENT), str(one)])
        for one in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0] * 4
    log = read_events(tmp_path)
    expected = sorted(f"{one} {number}" for one in range(4) for number in range(50))
    assert (sorted(event.text for event in log.events), log.skipped) == (expected, ())


def test_full_disk_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    """Where the line does not fit, one sentence says so and the file keeps its size: no half a line stays."""
    append_event(tmp_path, EVENT)
    before = (tmp_path / EVENTS).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, hard))  # the kernel writes 20 bytes, then refuses
    try:
        with pytest.raises(UsageError) as caught:
            append_event(tmp_path, EVENT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    said = f"expected a journal that can be written at {tmp_path / EVENTS}, found: File too large"
    assert (str(caught.value), (tmp_path / EVENTS).read_bytes()) == (said, before)


def test_link_is_not_followed(tmp_path: Path) -> None:
    """A journal that is a symbolic link, as a hostile archive may hold, is not written through."""
    (tmp_path / "elsewhere").write_text("", encoding="utf-8")
    (tmp_path / EVENTS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="expected a journal that can be written"):
        append_event(tmp_path, EVENT)
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == ""


def test_pipe_in_place_of_a_journal_is_not_waited_for(tmp_path: Path) -> None:
    """What is no plain file is told, and keeps nobody waiting."""
    os.mkfifo(tmp_path / EVENTS)
    with pytest.raises(InputError, match=r"^expected a journal that can be read at .*, found: not a plain file$"):
        read_events(tmp_path)
