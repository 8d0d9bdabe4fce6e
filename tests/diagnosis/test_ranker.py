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


def _fail_late(limit: str, error: str) -> Site:
    """Return a gateway that told a limit as it began to run anew, and failed 20 minutes later."""
    site = Site(seed=3, minutes=40)
    for moment in site.ticks(2):
        bad = moment > 1800 and site.rng.random() < 0.4
        site.python("gateway", moment, "ERROR" if bad else "INFO", error if bad else "pushed")
    site.python("gateway", 600, "INFO", f"gateway ready {limit}")
    return site


@pytest.mark.parametrize(
    ("limit", "error", "named"),
    [
        ("LimitNOFILE=1024 (was 65536)", "accept: too many open files", True),
        ("LimitNOFILE=65536 (was 1024)", "accept: too many open files", False),
        ("LimitNOFILE=1024 (was 65536)", "deadlock detected", False),
    ],
)
def test_setting_whose_lack_is_told_is_named_however_late(
    limit: str,
    error: str,
    named: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    """A limit made smaller long before explains the very thing that is short, and nothing else."""
    leads = gather_leads(make_case(_fail_late(limit, error).save(tmp_path)))
    assert leads is not None
    deploy = rank_causes(leads)[0].deploy
    assert (deploy is not None and limit in deploy.summary) is named


@pytest.mark.parametrize(
    ("error", "leader"),
    [("cannot extend file: no space left on device", "store"), ("permission denied for table boxes", "shop")],
)
def test_who_lacks_something_leads_and_who_is_refused_leads(error: str, leader: str, tmp_path: Path) -> None:
    """A full disk is that of the store which says so; a refusal is the matter of the one who was refused."""
    site = Site(seed=7)
    for moment in site.ticks(2):
        bad = moment > 600 and site.rng.random() < 0.4
        site.python("shop", moment, "ERROR" if bad else "INFO", f"cannot save box: DbError: {error}" if bad else "done")
        site.python("store", moment + 0.01, "ERROR" if bad else "INFO", error if bad else "done")
    leads = gather_leads(make_case(site.save(tmp_path)))
    assert leads is not None
    assert rank_causes(leads)[0].service == leader


class _Weights(dict[str, float]):
    """Weights of which those not named are nothing."""

    def __missing__(self, name: str) -> float:
        return 0.0
