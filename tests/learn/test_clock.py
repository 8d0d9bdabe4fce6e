"""The clock of an incident: phases from one end to the next, against SPEC's targets."""

import pytest

from hotfix.core.facts import Severity
from hotfix.learn.clock import Clock, Phase, read_clock, say_against
from hotfix.learn.events import Event, EventKind, EventSource
from tests.learn.cases import at, card, command, detected, operator

DETECTED, DIAGNOSED, PATCHED = EventKind.DETECTED, EventKind.DIAGNOSED, EventKind.PATCHED
TESTED, MITIGATED, RESOLVED = EventKind.TESTED, EventKind.MITIGATED, EventKind.RESOLVED
WORKED = (detected(), command(DIAGNOSED, 12, 11), command(PATCHED, 30), command(TESTED, 40), operator(MITIGATED, 60))


def _minutes(clock: Clock) -> dict[str, float | None]:
    return {one.phase.value: None if one.seconds is None else one.seconds / 60 for one in clock.phases}


def _running(clock: Clock) -> str | None:
    return clock.running.phase.value if clock.running else None


def test_each_phase_goes_from_the_end_before_to_its_own() -> None:
    """The phases of an incident that was worked through add up to the total, from notice to mitigation."""
    clock = read_clock(card(), WORKED, at(500))
    expected = {"diagnosis": 1, "fix": 18, "test": 10, "deploy": 20, "total": 49}
    assert (_minutes(clock), _running(clock), clock.noticed_by) == (expected, None, "command")


def test_targets_are_those_of_the_severity() -> None:
    """Every phase has SPEC's minutes for its severity, and time over is told."""
    clock = read_clock(card(Severity.P0), WORKED, at(500))
    assert [(one.target_min, one.over_s) for one in clock.phases] == [
        (15, -14 * 60), (30, -12 * 60), (15, -5 * 60), (15, 5 * 60), (75, -26 * 60),
    ]  # fmt: skip
    assert [one.target_min for one in read_clock(card(Severity.P3), (), at(1)).phases] == [240, 480, 120, 120, 960]


def test_alert_starts_the_clock_before_the_first_command() -> None:
    """Who was paged at 5 and ran a command at 11 has been diagnosing since 5."""
    alert = Event(DETECTED, at(5), at(20), EventSource.ALERT)
    clock = read_clock(card(), (*WORKED, alert), at(500))
    found = clock.noticed_at, clock.noticed_by, _minutes(clock)["diagnosis"], clock.detection_s
    assert found == (at(5), "alert", 7, 300)


def test_logs_that_nobody_read_and_notes_start_nothing() -> None:
    """The first error record and what was noted of earlier times are not yet anybody's work."""
    clock = read_clock(card(), (detected(), operator(EventKind.NOTE, -30)), at(500))
    assert (clock.noticed_at, _minutes(clock)["total"], clock.running) == (None, None, None)


@pytest.mark.parametrize(
    ("done", "running", "minutes"),
    [(2, "fix", 88), (3, "test", 70), (4, "deploy", 60)],
)
def test_what_comes_next_is_running(done: int, running: str, minutes: float) -> None:
    """After each phase the next one runs, and so does the total."""
    clock = read_clock(card(), WORKED[:done], at(100))
    assert (_running(clock), _minutes(clock)[running], _minutes(clock)["total"]) == (running, minutes, 89)


def test_attempt_that_failed_ends_no_phase() -> None:
    """A patch that no gate let pass, and a test that rejected one, leave the clock running."""
    tried = (*WORKED[:2], command(PATCHED, 20, done=False))
    rejected = (*WORKED[:3], command(TESTED, 35, done=False), command(PATCHED, 38))
    assert [_running(read_clock(card(), events, at(100))) for events in (tried, rejected)] == ["fix", "test"]


def test_first_success_counts() -> None:
    """Diagnosing once more next week does not make the diagnosis late."""
    clock = read_clock(card(), (*WORKED, command(DIAGNOSED, 9000)), at(9001))
    assert _minutes(clock)["diagnosis"] == 1


def test_phase_that_was_left_out_gives_its_time_to_the_next() -> None:
    """Who rolls back right after the diagnosis has deployed since then; the fix may come later and is timed alone."""
    events = (*WORKED[:2], operator(MITIGATED, 20), command(PATCHED, 100))
    expected = {"diagnosis": 1, "fix": 88, "test": None, "deploy": 8, "total": 9}
    assert _minutes(read_clock(card(), events, at(500))) == expected


def test_incident_over_before_anybody_noticed_has_no_total() -> None:
    """What recovered by itself before the first command was nobody's race against time."""
    clock = read_clock(card(ended=6), WORKED[:2], at(500))
    found = clock.mitigated_at, clock.harm_s, _minutes(clock)["total"], clock.running
    assert found == (at(6), 360, None, None)


def test_end_in_the_logs_stops_the_clock() -> None:
    """What recovered while it was worked on ended when the logs say so, not when somebody called it resolved."""
    clock = read_clock(card(ended=20), (*WORKED[:2], operator(RESOLVED, 50)), at(500))
    assert (clock.mitigated_at, clock.repair_s, _minutes(clock)["total"]) == (at(20), 3000, 9)


def test_opening_again_takes_back_what_was_reached() -> None:
    """An incident that came back is being deployed again since then; what was diagnosed stays diagnosed."""
    events = (*WORKED, operator(RESOLVED, 70), operator(EventKind.REOPENED, 80))
    clock = read_clock(card(), events, at(90))
    found = clock.mitigated_at, clock.resolved_at, _running(clock), _minutes(clock)["deploy"], _minutes(clock)["total"]
    assert found == (None, None, "deploy", 10, 79)


def test_closed_without_mitigation_runs_no_more() -> None:
    """A false alarm that was closed has no time left running."""
    clock = read_clock(card(), (*WORKED[:2], operator(EventKind.CLOSED, 30)), at(500))
    assert (clock.running, _minutes(clock)["total"]) == (None, None)


@pytest.mark.parametrize("started", ["yesterday", "2026-13-01", "0001-01-01T00:00:00+14:00", "2026-01-15T08:00:00"])
def test_start_that_is_no_time_is_passed_by(started: str) -> None:
    """A journal that was edited by hand costs at most the start of a command."""
    event = Event(DIAGNOSED, at(12), at(12), EventSource.COMMAND, details={"started_at": started})
    assert read_clock(card(), (event,), at(20)).noticed_at == at(12)


def test_time_never_runs_backwards() -> None:
    """An end before the notice has no beginning, and a clock set back gives no negative minutes."""
    early = Event(DIAGNOSED, at(1), at(12), EventSource.COMMAND, details={"started_at": at(5).isoformat()})
    assert _minutes(read_clock(card(), (early,), at(-60)))["diagnosis"] is None
    assert _minutes(read_clock(card(), WORKED[:2], at(-60)))["fix"] == 0


def test_words_tell_both_sides() -> None:
    """Within and over are told with the target and the severity."""
    assert [say_against(seconds, Phase.TEST, Severity.P1) for seconds in (12.0, 3600.0)] == [
        "12 s of 30 min at P1: within",
        "1 h of 30 min at P1: over by 30 min",
    ]
