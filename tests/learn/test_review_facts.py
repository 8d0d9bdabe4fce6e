"""Contradictions, actions and the questions of a review, on analyses and journals made by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.core.facts import Analysis, Incident
from hotfix.core.resources import find_resource
from hotfix.learn.actionrules import ActionType, Gap, Horizon, suggest_actions
from hotfix.learn.actions import Standing, propose_actions, read_actions, settle_action
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.timeline import draw_timeline
from hotfix.learn.timelinechecks import find_contradictions
from tests.report.analyses import ONSET, incident

_FAMILIES = sorted(path.stem for path in find_resource("rules", "causes").glob("*.toml"))
_DAY, _NOW = date(2026, 1, 15), datetime(2026, 1, 16, tzinfo=UTC)


def _change(**values: object) -> Analysis:
    analysis = incident()
    assert isinstance(analysis.incident, Incident)
    return replace(analysis, incident=replace(analysis.incident, **values))  # type: ignore[arg-type]


def _event(kind: EventKind, minutes: float, begun: float | None = None) -> Event:
    at = ONSET + timedelta(minutes=minutes)
    details = {} if begun is None else {"started_at": (ONSET + timedelta(minutes=begun)).isoformat()}
    return Event(kind, at, at, EventSource.COMMAND, details=details)


def _count(analysis: Analysis, *events: Event, **documents: str) -> list[str]:
    """Return what contradicts beyond what the analysis as it is made by hand has."""
    usual = set(find_contradictions(incident(), (), None, {}))
    return [one for one in find_contradictions(analysis, events, None, documents) if one not in usual]


def test_end_before_start_is_told() -> None:
    """An incident cannot end before it begins."""
    found = _count(_change(ended_at=ONSET - timedelta(minutes=1), detected_at=None, status="recovered"))
    assert found == ["The incident ends at 2026-01-15T14:02:07.250Z, before it begins at 2026-01-15T14:03:07.250Z."]


def test_detection_before_onset_is_told() -> None:
    """A first error record before the onset is no error of this incident, or the onset is wrong."""
    assert len(_count(_change(detected_at=ONSET - timedelta(seconds=5)))) == 1


def test_trigger_after_its_effect_is_told() -> None:
    """What set it off cannot come after it."""
    late = replace(incident().deploys[1], at=ONSET + timedelta(seconds=9))
    found = find_contradictions(incident(), (), late, {})
    assert any("D2 is held for the trigger" in one for one in found)


def test_overlapping_phases_are_told() -> None:
    """A test that began before its patch was there is told; one that began after is not."""
    patched = _event(EventKind.PATCHED, 20)
    apart, across = _event(EventKind.TESTED, 30, 21), _event(EventKind.TESTED, 30, 15)
    assert [len(_count(incident(), patched, tested)) for tested in (apart, across)] == [0, 1]


def test_event_written_down_before_it_happened_is_told() -> None:
    """The journal cannot know the future."""
    event = replace(_event(EventKind.MITIGATED, 20), recorded_at=ONSET + timedelta(minutes=10))
    assert len(_count(incident(), event)) == 1


def test_documents_that_count_differently_are_told() -> None:
    """Another count of failed requests in a document is told with both counts; the same count is not."""
    impact = incident().incident.impact  # type: ignore[union-attr]
    same = f"{impact.failed:,} of {impact.total:,} {impact.basis} at gateway failed."
    other = f"{impact.failed + 1:,} of {impact.total:,} {impact.basis} at gateway failed."
    assert [len(_count(incident(), a=text)) for text in (same, other)] == [0, 1]


def test_every_row_of_the_timeline_has_a_source_and_a_zone(tmp_path: Path) -> None:
    """Rows stand in order of time, and each says where it comes from; an alert of a monitoring system is one."""
    alert = Event(
        EventKind.DETECTED, ONSET + timedelta(minutes=2), ONSET + timedelta(minutes=2), EventSource.ALERT, "5xx"
    )
    rows = draw_timeline(tmp_path, incident(), (alert,))
    times = [row.at for row in rows if row.at]
    assert (all(row.source and row.zone for row in rows), times == sorted(times)) == (True, True)
    assert [row.source for row in rows if row.said == "detected: 5xx"] == ["events.jsonl, alert"]


@pytest.mark.parametrize("family", _FAMILIES)
def test_every_family_has_actions_in_three_horizons(family: str) -> None:
    """Each cause family has one action a horizon at least, due 7, 14 and 91 days after the incident."""
    found = suggest_actions(family, (), _DAY)
    assert {one.horizon for one in found} == set(Horizon)
    assert {one.due for one in found} == {date(2026, 1, 22), date(2026, 1, 29), date(2026, 4, 16)}


@pytest.mark.parametrize("gap", Gap)
def test_every_gap_has_an_action(gap: Gap) -> None:
    """What let an incident through has an action that answers it by name."""
    found = suggest_actions("unknown", (gap,), _DAY)
    assert any(not one.factor.startswith("Cause: ") and one.type in ActionType for one in found)


def test_actions_are_proposed_once_and_settled(tmp_path: Path) -> None:
    """Proposing again adds nothing; what is declined stays with its reason, and is overdue no more."""
    suggestions = suggest_actions("disk_full", (Gap.NO_ALERT,), _DAY)
    propose_actions(tmp_path, suggestions, _NOW)
    settle_action(tmp_path, "a1", Standing.DECLINED, "volume is replaced", _NOW)
    found = propose_actions(tmp_path, suggestions, _NOW)
    assert found == read_actions(tmp_path)
    assert [one.id for one in found] == ["A1", "A2", "A3", "A4"]
    assert [one.is_overdue(date(2026, 1, 23)) for one in found] == [False, True, False, False]
    assert (found[0].standing, found[0].said) == (Standing.DECLINED, "volume is replaced")


def test_entry_that_a_crash_cut_off_costs_no_other(tmp_path: Path) -> None:
    """What was cut off was never told to anybody; the next entry ends its line, and all others are read."""
    propose_actions(tmp_path, suggest_actions("disk_full", (), _DAY), _NOW)
    with (tmp_path / "actions.jsonl").open("a", encoding="ascii") as journal:
        journal.write('{"schema": "hotfix.act')
    settle_action(tmp_path, "A2", Standing.DONE, "seen", _NOW)
    assert [one.standing for one in read_actions(tmp_path)] == [Standing.OPEN, Standing.DONE, Standing.OPEN]


def test_action_that_is_none_is_told(tmp_path: Path) -> None:
    """An unknown action is refused with those that are known."""
    propose_actions(tmp_path, suggest_actions("disk_full", (), _DAY), _NOW)
    with pytest.raises(UsageError, match=r"expected an action of .* \(A1, A2, A3\), found 'A9'"):
        settle_action(tmp_path, "A9", Standing.DONE, "seen", _NOW)
