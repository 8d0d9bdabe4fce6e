"""What is advised fits how grave it is: nobody waits while something grave goes on."""

from datetime import UTC, datetime

import pytest

from hotfix.core.facts import Approach, Impact, Incident, Place, Severity, Shape
from hotfix.diagnosis.causes import UNKNOWN, CauseMatch, Role, load_causes
from hotfix.diagnosis.ranker import Candidate
from hotfix.diagnosis.recommend import recommend
from hotfix.diagnosis.suspects import Suspect

_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
_MATCH = CauseMatch(UNKNOWN, Role.SYMPTOM, 0.1, "")
_SUSPECT = Suspect("T1", "orders", None, _MATCH, None, None, 0, 9, _AT, Place("a.log", 1, 1), "odd", "odd", (), ())
_CANDIDATE = Candidate(UNKNOWN, "orders", (_SUSPECT,), None, None, (), 1.0)


def _advise(severity: Severity, ended_at: datetime | None) -> Approach:
    impact = Impact(None, 9, 99, "records", None, "")
    status = "recovered" if ended_at else "ongoing"
    incident = Incident("i", _AT, _AT, ended_at, status, severity, "", ("orders",), Shape.SUDDEN, impact)
    return recommend(incident, _CANDIDATE, load_causes()[UNKNOWN]).approach


@pytest.mark.parametrize(
    ("severity", "ended_at", "approach"),
    [
        (Severity.P0, None, Approach.SCALE),
        (Severity.P1, None, Approach.SCALE),
        (Severity.P2, None, Approach.WAIT),
        (Severity.P0, _AT, Approach.WAIT),
    ],
)
def test_waiting_is_no_advice_while_something_grave_goes_on(
    severity: Severity, ended_at: datetime | None, approach: Approach
) -> None:
    """An unknown cause of a P0 or P1 that goes on is answered with relief; what ended or is small may wait."""
    assert _advise(severity, ended_at) is approach
