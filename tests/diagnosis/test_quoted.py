"""Messages that quote a setting which was changed just before them."""

from pathlib import Path

import pytest

from hotfix.diagnosis.diagnose import gather_leads
from hotfix.diagnosis.ranker import rank_causes
from tests.diagnosis.scenes import make_case
from tests.site import Site

CHANGED = 600.0


def make_site(warning: str | None, said_at: float = CHANGED + 0.2) -> Site:
    """Return a shop that fails 2 s after `syncer` set two values of `store`, which may say something of its own."""
    site = Site(seed=5)
    for moment in site.ticks(3):
        bad = moment > CHANGED + 2 and site.rng.random() < 0.5
        site.python("shop", moment, "ERROR" if bad else "INFO", "GET /cart: timed out" if bad else "GET /cart 200")
    for moment in site.ticks(0.2):
        site.python("store", moment, "INFO", "saved a snapshot")
    site.python("syncer", CHANGED, "INFO", "store.internal: SET evict_ceiling 900 -> 80")
    site.python("syncer", CHANGED + 0.001, "INFO", "store.internal: SET probe_interval 300 -> 60")
    if warning:
        site.python("store", said_at, "WARNING", warning)
    return site


def test_setting_that_a_record_quotes_is_its_change(tmp_path: Path) -> None:
    """Of two settings made smaller together the quoted one is linked, at the program that quotes it, which leads."""
    site = make_site("out of memory soon: the new evict_ceiling is below what is used, cache keys will be evicted")
    leads = gather_leads(make_case(site.save(tmp_path)))
    assert leads is not None
    first = rank_causes(leads)[0]
    assert (first.service, first.deploy.summary if first.deploy else None) == (
        "store",
        "store.internal: SET evict_ceiling 900 -> 80",
    )


def test_quoted_flag_of_the_service_itself_shows_its_family(tmp_path: Path) -> None:
    """A record that quotes a flag of its own service is linked by both, so that the flag stands behind the error."""
    site = Site(seed=5)
    for moment in site.ticks(3):
        bad = moment > CHANGED + 2 and site.rng.random() < 0.5
        said = "split_boxes: IndexError: list index out of range" if bad else "GET /cart 200"
        site.python("shop", moment, "ERROR" if bad else "INFO", said)
    site.python("shop", CHANGED, "INFO", "feature flag split_boxes changed: off -> on")
    leads = gather_leads(make_case(site.save(tmp_path)))
    assert leads is not None
    assert rank_causes(leads)[0].category == "feature_flag"


@pytest.mark.parametrize(
    ("warning", "said_at"),
    [
        ("a client was slow to answer", CHANGED + 0.2),
        ("evict_ceiling is below what is used", CHANGED - 60),
        (None, 0.0),
    ],
)
def test_nothing_is_linked_that_quotes_nothing(warning: str | None, said_at: float, tmp_path: Path) -> None:
    """A record that names no setting, or named it before it was changed, quotes none."""
    leads = gather_leads(make_case(make_site(warning, said_at).save(tmp_path)))
    assert leads is not None
    assert leads.quoted == ()
