"""Errors that come in a few bursts open no incident, and are told of."""

from pathlib import Path

import pytest

from hotfix.core.facts import Verdict
from hotfix.diagnosis.bursts import tell_bursts
from hotfix.diagnosis.diagnose import diagnose
from tests.diagnosis.scenes import make_case
from tests.site import Site


def _write(folder: Path, bursts: tuple[float, ...], each: int) -> Path:
    site = Site(seed=6, minutes=150)
    for moment in site.ticks(0.5):
        site.python("stock", moment, "INFO", f"item {site.rng.randrange(999)} reserved")
    for start in bursts:
        for number in range(each):
            site.python("stock", start + number * 0.4, "ERROR", f"deadlock detected by process {number + 40}")
    return site.save(folder)


def test_bursts_are_told_without_an_alarm(tmp_path: Path) -> None:
    """Three bursts far apart of an error that never came before are told with their times in a quiet verdict."""
    case = make_case(_write(tmp_path, (3000, 5100, 7300), 7))
    found = diagnose(case)
    assert found.diagnosis.verdict is Verdict.NO_INCIDENT
    told = "'deadlock detected by process …' of stock came in 3 bursts (09:50:00, 10:25:00, 11:01:40; 21 records)"
    assert told in found.diagnosis.statement


@pytest.mark.parametrize(
    ("bursts", "each"), [((3000, 5100), 7), ((3000, 5100, 7300), 2), ((300, 3000, 5100, 7300), 7), ((), 0)]
)
def test_two_bursts_single_records_and_old_ones_are_not_told(
    bursts: tuple[float, ...], each: int, tmp_path: Path
) -> None:
    """Fewer than three bursts, records that come alone, and errors that were there from the start are no news."""
    assert tell_bursts(make_case(_write(tmp_path, bursts, each))) is None
