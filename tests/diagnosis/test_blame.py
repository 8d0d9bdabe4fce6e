"""Who is to blame for a symptom after a change, and what a setting that was made smaller brings."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotfix.core.facts import Deploy, DeployKind, Level, Place
from hotfix.diagnosis.blame import blame_changed, blame_job, find_shrunk, is_smaller, repeats
from hotfix.diagnosis.causes import CauseMatch, Role
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.suspects import Suspect

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
PLACE = Place("shop.log", 1, 1)
SETTING = Deploy("D1", AT, DeployKind.CONFIG, "stock", None, "stock: worker_threads from 40 to 4", "40", "4", PLACE)
JOB = Clue("windows", "vault", "each of 4 bad periods lies inside a run", 0.9, AT, PLACE, job="weekly archive")
SYMPTOM = Suspect(
    template_id="T1",
    service="shop",
    level=Level.ERROR,
    match=CauseMatch("dependency_timeout", Role.SYMPTOM, 0.9, "rules: timed out"),
    exception=None,
    frame=None,
    n_before=0,
    n_after=9,
    first=AT,
    place=PLACE,
    excerpt="stock timed out",
    headline="stock timed out",
    mentions=("stock",),
    hosts=(),
)


def test_symptom_that_names_the_changed_service_is_its_fault() -> None:
    """The caller's timeouts are laid to the service that was changed, whose setting says what is short."""
    assert blame_changed("shop", "dependency_timeout", [SYMPTOM], SETTING) == ("stock", "thread_pool_exhaustion")


def test_symptom_that_names_nobody_stays_where_it_is() -> None:
    """Without a name there is no reason to look elsewhere, nor to believe that the other's setting matters."""
    silent = replace(SYMPTOM, mentions=())
    assert blame_changed("shop", "dependency_timeout", [silent], SETTING) == ("shop", "dependency_timeout")


def test_own_setting_made_smaller_names_what_is_short() -> None:
    """A service whose own setting was cut is short of what the setting names."""
    own = replace(SETTING, service="shop")
    assert blame_changed("shop", "dependency_timeout", [SYMPTOM], own) == ("shop", "thread_pool_exhaustion")


def test_cause_in_own_words_is_not_passed_on() -> None:
    """A record that tells a cause of its own service speaks for that, whatever else was changed."""
    cause = replace(SYMPTOM, match=replace(SYMPTOM.match, category="disk_full", role=Role.CAUSE))
    assert blame_changed("shop", "disk_full", [SYMPTOM, cause], SETTING) == ("shop", "disk_full")


def test_restart_is_not_blamed_for_what_others_suffer() -> None:
    """A restart changes nothing by itself: the symptom stays with who has it."""
    restart = replace(SETTING, kind=DeployKind.RESTART)
    assert blame_changed("shop", "dependency_timeout", [SYMPTOM], restart) == ("shop", "dependency_timeout")


@pytest.mark.parametrize(
    ("before", "after", "smaller"),
    [
        ("40", "4", True),
        ("64mb", "4mb", True),
        ("1g", "512m", True),
        ("2,000", "300", True),
        ("4", "40", False),
        ("512m", "1g", False),
        ("on", "off", False),
        (None, "4", False),
        ("4", None, False),
    ],
)
def test_sizes_are_compared_with_their_units(before: str | None, after: str | None, smaller: bool) -> None:  # noqa: FBT001
    """Numbers count with their unit; what is no number was not made smaller."""
    assert is_smaller(replace(SETTING, before=before, after=after)) is smaller


def test_only_settings_that_a_family_claims_name_one() -> None:
    """A setting made larger, one of which no family knows the word, and a release name no family."""
    unknown = replace(SETTING, summary="stock: banner_width from 40 to 4")
    assert [
        find_shrunk(one)
        for one in (SETTING, replace(SETTING, before="4", after="40"), unknown, replace(SETTING, kind=DeployKind.FLAG))
    ] == ["thread_pool_exhaustion", None, None, None]


@pytest.mark.parametrize(
    ("job", "family"), [("weekly archive", "disk_io_saturation"), ("send letters", "dependency_timeout")]
)
def test_job_of_the_runs_in_which_others_suffer_is_at_fault(job: str, family: str) -> None:
    """Symptoms in each run of a job are its fault; its name tells the family, or nothing does."""
    clue = replace(JOB, job=job)
    assert blame_job("dependency_timeout", [SYMPTOM], [clue]) == (clue, family)


def test_job_is_not_at_fault_for_a_cause_nor_by_one_run() -> None:
    """A cause in the service's own words, a weak clue and a job seen once beside it accuse no job."""
    cause = replace(SYMPTOM, match=replace(SYMPTOM.match, role=Role.CAUSE))
    assert blame_job("disk_full", [cause], [JOB]) is None
    assert blame_job("dependency_timeout", [SYMPTOM], [replace(JOB, strength=0.4), replace(JOB, job="")]) is None


@pytest.mark.parametrize(
    ("victim", "source", "repeated"),
    [
        ("save failed: DbError: cannot grow file base/7: no room left", "cannot grow file base/9: no room left", True),
        ("cannot grow file base/7: no room left", "save failed: DbError: cannot grow file base/9: no room left", False),
        ("cannot grow file base/7: no room left", "cannot grow file base/9: no room left", False),
        ("save failed: disk full", "disk full", False),
    ],
)
def test_who_repeats_another_ones_error_is_its_victim(victim: str, source: str, repeated: bool) -> None:  # noqa: FBT001
    """A message that holds all of another one behind words of its own repeats it; equal and short ones do not."""
    cause = replace(SYMPTOM.match, role=Role.CAUSE)
    longer, shorter = (replace(SYMPTOM, headline=text, match=cause) for text in (victim, source))
    assert repeats([longer], [shorter]) is repeated
