"""The changes behind whole incidents, and the quiet of healthy times."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.incidents import INCIDENTS, QUIET, Truth
from tests.signal.deploys.search import search
from tests.site import Site


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("make", INCIDENTS.values(), ids=INCIDENTS)
def test_change_behind_an_incident_is_found_and_no_other(
    tmp_path: Path, make: Callable[[Site], Truth], seed: int
) -> None:
    """The change that brought an incident is the only one found; an incident that no change brought has none."""
    site = Site(seed)
    truth = make(site)
    found = search(site.save(tmp_path)).found.deploys
    told = [(deploy.service, truth.deploy is not None and truth.deploy in deploy.summary) for deploy in found]
    assert told == ([(truth.service, True)] if truth.deploy else [])


@pytest.mark.parametrize("make", QUIET.values(), ids=QUIET)
def test_healthy_times_bring_few_changes(tmp_path: Path, make: Callable[[Site], Truth]) -> None:
    """Twenty minutes of steady traffic tell of one release at most."""
    site = Site(3)
    make(site)
    assert len(search(site.save(tmp_path)).found.deploys) <= 1
