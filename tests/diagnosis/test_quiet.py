"""What is said of logs in which nothing got worse."""

from pathlib import Path

import pytest

from hotfix.core.facts import Verdict
from hotfix.diagnosis.diagnose import diagnose
from tests.diagnosis.scenes import make_case
from tests.site import Site


@pytest.mark.parametrize(
    ("share", "verdict", "said"),
    [
        (0.01, Verdict.NO_INCIDENT, "of them are errors, whose rise, if any, may be chance"),
        (
            0.2,
            Verdict.NO_INCIDENT,
            "of them are errors, as steadily from the first to the last minute: it was so before",
        ),
        (0.8, Verdict.INCONCLUSIVE, "there is no healthy period to compare them with"),
    ],
)
def test_steady_errors_are_told_and_only_most_of_all_leave_it_open(
    share: float, verdict: Verdict, said: str, tmp_path: Path
) -> None:
    """A service that always fails every fifth time has no incident; one that mostly fails may have had one before."""
    site = Site(seed=1)
    for moment in site.ticks(3):
        bad = site.rng.random() < share
        site.python("shop", moment, "ERROR" if bad else "INFO", "order refused" if bad else "order saved")
    diagnosis = diagnose(make_case(site.save(tmp_path))).diagnosis
    assert diagnosis.verdict is verdict
    assert said in diagnosis.statement
