from datetime import UTC, datetime, timedelta

import pytest

from hotfix.core.facts import Level, Place
from hotfix.diagnosis.causes import classify_text
from hotfix.diagnosis.hypotheses import weigh_candidates
from hotfix.diagnosis.ranker import Candidate
from hotfix.diagnosis.suspects import Suspect

_ONSET = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def _candidate(service: str, lag_s: float, early: float) -> Candidate:
    """Return a candidate that began some time after the onset, its score made of nothing but that."""
    text = "connection refused"
    suspect = Suspect(
        template_id="t",
        service=service,
        level=Level.ERROR,
        match=classify_text(text, None)[0],
        exception=None,
        frame=None,
        n_before=0,
        n_after=9,
        first=_ONSET + timedelta(seconds=lag_s),
        place=Place(f"{service}.log", 1, 1),
        excerpt=text,
        headline=text,
        mentions=(),
        hosts=(),
    )
    return Candidate("connection_refused", service, (suspect,), None, None, (), early, (("comes early", early),))


def _reject(lag_s: float, assumed: frozenset[str]) -> str | None:
    candidates = (_candidate("stock", 0, 2.0), _candidate("front", lag_s, 0.0))
    return weigh_candidates(candidates, 0.7, {0: ("E1",), 1: ("E2",)}, assumed)[1].rejected


@pytest.mark.parametrize(
    ("lag_s", "assumed"), [(3641.9, frozenset[str]()), (3641.9, frozenset({"edge"})), (300.0, frozenset({"front"}))]
)
def test_what_began_later_is_rejected_for_it(lag_s: float, assumed: frozenset[str]) -> None:
    """Whoever began later by a clock that is known, or by a lag that no zones make, cannot have caused it."""
    assert _reject(lag_s, assumed) == f"it began {lag_s:.1f} s after stock, so it cannot have caused it"


@pytest.mark.parametrize("service", ["front", "stock"])
def test_lag_of_whole_half_hours_by_an_assumed_zone_proves_nothing(service: str) -> None:
    """A lag that may be the difference of two zones is no proof where one of them was assumed."""
    said = "weaker than rank 1 in: comes early, unless the zone that was assumed for a clock is wrong"
    assert _reject(3641.9, frozenset({service})) == said
