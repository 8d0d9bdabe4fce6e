"""One identifier to which most work suddenly goes is told; one that is broken, or was always large, is not."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from hotfix.diagnosis.diagnose import gather_leads
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.skew import find_skew
from hotfix.diagnosis.ranker import rank_causes
from tests.diagnosis.scenes import make_case, make_scene
from tests.site import Site

ONSET = 700.0


def _serve(site: Site, before: float, after: float, failing: float, *, rate_after: float = 24) -> None:
    """Requests about 20 baskets on 3 stores: shares of B-7 before and after; how much of it fails."""
    for moment in (*site.ticks(4, 0, ONSET), *site.ticks(rate_after, ONSET)):
        late = moment >= ONSET
        basket = 7 if site.rng.random() < (after if late else before) else site.rng.randrange(20, 40)
        if late and basket == 7 and site.rng.random() < failing:
            site.python("carts", moment, "ERROR", f"basket B-{basket} cannot be read: vault-{basket % 3} timed out")
        else:
            site.python("carts", moment, "INFO", f"GET /carts/B-{basket} 200")
    for number in range(3):
        for moment in site.ticks(0.2):
            stamp = site.at(moment).strftime("%Y-%m-%d %H:%M:%S")
            site.line(f"vault-{number}/vault.log", moment, f"{stamp} INFO saved a snapshot")


def _find(site: Site, folder: Path) -> Sequence[Clue]:
    return tuple(find_skew(make_scene(site.save(folder), site.at(ONSET))))


def test_basket_that_suddenly_gets_most_requests(tmp_path: Path) -> None:
    """The identifier, the one store that fails with it, and its shares before and after are told."""
    site = Site(seed=2)
    _serve(site, 0.05, 0.85, 0.5)
    (clue,) = _find(site, tmp_path)
    assert clue.service == "carts"
    assert clue.holder == "vault"
    assert "are about B-7 and name vault-1" in clue.statement


def test_blame_goes_to_the_service_that_holds_it(tmp_path: Path) -> None:
    """The store is named as the one with a hot key, not the service whose calls time out."""
    site = Site(seed=2)
    _serve(site, 0.05, 0.85, 0.5)
    leads = gather_leads(make_case(site.save(tmp_path)))
    assert leads is not None
    first = rank_causes(leads)[0]
    assert (first.service, first.category, first.deploy) == ("vault", "hot_key", None)


@pytest.mark.parametrize(
    ("before", "after", "failing", "rate_after"),
    [
        (0.05, 0.05, 1.0, 4),  # broken, asked for as often as ever, and never well
        (0.05, 0.05, 0.6, 24),  # more traffic of all kinds
        (0.6, 0.7, 0.5, 24),  # always large
        (0.0, 0.85, 0.5, 24),  # never seen before
    ],
)
def test_is_silent_about(before: float, after: float, failing: float, rate_after: float, tmp_path: Path) -> None:
    """A broken record, a rise of all traffic, what was always large and what is new are not skewed work."""
    site = Site(seed=2)
    _serve(site, before, after, failing, rate_after=rate_after)
    assert _find(site, tmp_path) == ()
