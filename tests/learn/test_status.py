"""Where an incident stands: what its logs and its people say, in the order in which it was said."""

import pytest

from hotfix.core.errors import UsageError
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.status import Statement, change_status, read_status, say_detected, say_note
from hotfix.learn.statuses import Status
from tests.learn.cases import at, card, command, operator

MITIGATED, RESOLVED, CLOSED = EventKind.MITIGATED, EventKind.RESOLVED, EventKind.CLOSED
SAID = Statement(at(5), at(9), "by flag", "on-call")


@pytest.mark.parametrize(
    ("ended", "events", "status"),
    [
        (None, (), Status.OPEN),
        (20, (), Status.RECOVERED),
        (None, (command(EventKind.DIAGNOSED, 1), operator(EventKind.NOTE, 3)), Status.OPEN),
        (None, (operator(MITIGATED, 5),), Status.MITIGATED),
        (None, (operator(RESOLVED, 9), operator(MITIGATED, 5)), Status.MITIGATED),
        (None, (operator(MITIGATED, 5), operator(RESOLVED, 9), operator(CLOSED, 10)), Status.CLOSED),
        (20, (operator(RESOLVED, 25), operator(EventKind.REOPENED, 30)), Status.OPEN),
        (None, (command(MITIGATED, 5, done=False),), Status.OPEN),
        (None, (Event("escalated", at(1), at(1), "pager"),), Status.OPEN),
    ],
)  # fmt: skip
def test_last_word_counts(ended: float | None, events: tuple[Event, ...], status: Status) -> None:
    """The last event that says so decides, in the order of writing; without any the logs do."""
    assert read_status(card(ended=ended), events) is status


@pytest.mark.parametrize(
    ("status", "kind"), [(Status.MITIGATED, MITIGATED), (Status.RESOLVED, RESOLVED), (Status.CLOSED, CLOSED)]
)
def test_statement_becomes_an_event(status: Status, kind: EventKind) -> None:
    """What a person says is written down with both times, their words and their role."""
    event = change_status(card(), (), status, SAID)
    assert event == Event(kind, at(5), at(9), EventSource.OPERATOR, "by flag", "on-call")
    assert read_status(card(), (event,)) is status


def test_note_and_notice_change_nothing() -> None:
    """A note, and when somebody noticed, leave the incident where it stands."""
    assert [say_note(SAID).kind, say_detected(SAID).kind] == [EventKind.NOTE, EventKind.DETECTED]
    assert read_status(card(), (say_note(SAID), say_detected(SAID))) is Status.OPEN


def test_saying_it_twice_is_told() -> None:
    """Who says what is known already is told since when, and how to correct it."""
    with pytest.raises(UsageError) as caught:
        change_status(card(), (operator(MITIGATED, 5),), Status.MITIGATED, SAID)
    said = "20260115T140300Z-checkout is mitigated since 2026-01-15T14:08:00Z already; to correct it, say open first"
    assert str(caught.value) == said


def test_logs_alone_say_recovered() -> None:
    """That an incident ended by itself is nothing that a person can say."""
    with pytest.raises(UsageError, match=r"^expected open, mitigated, resolved or closed, found recovered"):
        change_status(card(), (), Status.RECOVERED, SAID)
