"""Of candidates that score alike, the one whom the other's records name leads."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.diagnosis.diagnose import gather_leads
from hotfix.diagnosis.ranker import rank_causes
from tests.diagnosis.scenes import make_case
from tests.site import Site


@pytest.mark.parametrize(("named", "leader"), [(("shop",), "shop"), ((), "front")])
def test_victim_does_not_win_a_tie_of_one_family(named: tuple[str, ...], leader: str, tmp_path: Path) -> None:
    """Two services with the same words at the same time: who names the other is its victim."""
    site = Site(seed=7)
    for moment in site.ticks(2):
        for service in ("front", "shop"):
            bad = moment > 600 and site.rng.random() < 0.4
            site.python(service, moment, "ERROR" if bad else "INFO", "deadlock detected" if bad else "done")
    leads = gather_leads(make_case(site.save(tmp_path)))
    assert leads is not None
    model = leads.suspects[0]
    suspects = [
        replace(model, service="front", mentions=named, first=model.first),
        replace(model, service="shop", mentions=(), first=model.first),
    ]
    weights = dict.fromkeys(("wording names a cause", "comes early"), 1.0)
    ranked = rank_causes(replace(leads, suspects=suspects, clues=()), _Weights(weights))
    assert ranked[0].service == leader


class _Weights(dict[str, float]):
    """Weights of which those not named are nothing."""

    def __missing__(self, name: str) -> float:
        return 0.0
