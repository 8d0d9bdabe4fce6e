"""Open actions of similar incidents, wherever their folders are."""

from datetime import UTC, date, datetime
from pathlib import Path

from hotfix.core.facts import Comparison, Similar
from hotfix.learn.actionrules import ActionType, Horizon, Suggestion
from hotfix.learn.actions import propose_actions
from hotfix.learn.knowledge.prevention import find_open_actions
from hotfix.report.files import write_incident
from tests.report.analyses import incident


def test_actions_are_found_in_a_folder_of_another_name(tmp_path: Path) -> None:
    """An incident's folder may be called otherwise than the incident; its open actions are found all the same."""
    analysis, day = incident(), date(2026, 12, 1)
    assert analysis.incident is not None
    write_incident(tmp_path / "carried-here", analysis)
    what = Suggestion(Horizon.WEEK, ActionType.PREVENT, "service owner", "Guard the window.", "a test", "F1", day)
    propose_actions(tmp_path / "carried-here", [what], datetime(2026, 11, 26, tzinfo=UTC))
    similar = Similar(analysis.incident.id, 0.9, (), (), "the same")
    found = find_open_actions(tmp_path, Comparison(1, (similar,)))
    assert [(one.incident, one.action.what) for one in found] == [(analysis.incident.id, what)]
