"""A clock that jumped is told by the requests that two programs log; slow requests and queues are not taken for one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms.clocks import find_clocks
from hotfix.diagnosis.mechanisms.contract import Clue
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0

Shift = Callable[[Site, float], float]
"""How much later than the proxy the second replica stamps a request of a moment, seconds."""


def find(folder: Path, shift: Shift, *, named: bool = True) -> list[Clue]:
    """Return the clues of a proxy before two replicas, whose second one rejects some calls since the onset."""
    site = Site(seed=8)
    for moment in site.ticks(4):
        ident = f"{site.rng.getrandbits(64):016x}" if named else "-"
        replica = site.rng.choice((1, 2))
        late = shift(site, moment) if replica == 2 else 0.0
        bad = replica == 2 and moment > ONSET and site.rng.random() < 0.3
        site.python("proxy", moment, "ERROR" if bad else "INFO", f"GET /rates {502 if bad else 200} req_id={ident}")
        stamp = moment + late - site.rng.uniform(0.001, 0.2)
        said = "token rejected: expired" if bad else "served"
        level, host = "error" if bad else "info", f"rates-{replica}"
        site.json("rates", stamp, level, said, request_id=ident, hostname=host, duration_ms=site.rng.uniform(1, 190))
    return list(find_clocks(make_scene(site.save(folder), site.at(ONSET))))


@pytest.mark.parametrize("ahead_s", [95.0, 12.0, -20.0])
def test_a_clock_that_jumps_is_told_with_its_host_and_seconds(ahead_s: float, tmp_path: Path) -> None:
    """The host whose stamps moved against those of the others is named, with by how much and since when."""
    (clue,) = find(tmp_path, lambda _, moment: ahead_s if moment > ONSET else 0.0)
    assert (clue.service, round(clue.ahead_s)) == ("rates", round(ahead_s))
    assert f"the clock of rates-2 is {abs(ahead_s):.0f}." in clue.statement
    assert ("ahead of" if ahead_s > 0 else "behind") in clue.statement


_OTHERWISE: dict[str, Shift] = {
    "right clocks": lambda _, __: 0.0,
    "slow requests": lambda site, moment: site.rng.uniform(4, 40) if moment > ONSET else 0.0,
    "a queue that grows": lambda _, moment: max(0.0, (moment - ONSET) / 3),
    "a jump of less than a second": lambda _, moment: 0.8 if moment > ONSET else 0.0,
}


@pytest.mark.parametrize("case", _OTHERWISE)
def test_other_lags_are_no_jump(case: str, tmp_path: Path) -> None:
    """Waiting in queues, slow answers and small differences do not come from a clock."""
    assert find(tmp_path, _OTHERWISE[case]) == []


def test_without_shared_requests_nothing_is_said(tmp_path: Path) -> None:
    """Where no record carries a request's id, clocks cannot be compared."""
    assert find(tmp_path, lambda _, moment: 95.0 if moment > ONSET else 0.0, named=False) == []
