"""How well changes in the world fit the onsets of changes in the logs."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.core.facts import Change, Correlation, Deploy, DeployKind, Metric, Place, Shape
from hotfix.core.settings import TIMING_CEILING
from hotfix.signal.correlation import correlate

FIRST = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
LAST = FIRST + timedelta(hours=1)
SPAN_S = 3600.0


def deploy(
    at_s: float, service: str | None = "orders", kind: DeployKind = DeployKind.DEPLOYMENT, ident: str = "D1"
) -> Deploy:
    """Return a change in the world some seconds after the first record."""
    at = FIRST + timedelta(seconds=at_s)
    return Deploy(ident, at, kind, service, None, "a change", None, None, Place("deploys.csv", 2, 2))


def change(at_s: float, service: str = "orders", shape: Shape = Shape.SUDDEN) -> Change:
    """Return a rise of a service's error ratio some seconds after the first record."""
    return Change(
        id="C1",
        at=FIRST + timedelta(seconds=at_s),
        metric=Metric.ERROR_RATIO,
        service=service,
        template_id=None,
        shape=shape,
        before=0.0,
        after=0.5,
        n_before=100,
        n_after=100,
        p_value=1e-9,
        until=None,
        first=None,
    )


def pair(cause: Deploy, effect: Change) -> Correlation:
    """Return the only correlation of two."""
    (found,) = correlate([cause], [effect], FIRST, LAST)
    return found


def test_deploy_shortly_before_the_onset_fits_and_is_no_chance() -> None:
    """A deploy of the same service a minute before the onset fits well; one moment in fifty of the hour would."""
    found = pair(deploy(1800), change(1860))
    assert (found.lag_s, found.service_match, round(found.score, 2), round(found.chance, 3)) == (
        60.0,
        True,
        0.72,
        0.018,
    )


def test_deploy_after_the_onset_is_not_paired() -> None:
    """What came a minute after the onset did not cause it."""
    assert correlate([deploy(1860)], [change(1800)], FIRST, LAST) == ()


def test_clocks_may_differ_by_seconds() -> None:
    """A deploy two seconds after the onset is still paired, with a negative lag."""
    assert pair(deploy(1802), change(1800)).lag_s == -2.0


def test_restart_after_the_onset_is_a_consequence() -> None:
    """A restart two seconds after the onset is not paired: it follows from the trouble."""
    assert correlate([deploy(1802, kind=DeployKind.RESTART)], [change(1800)], FIRST, LAST) == ()


def test_restart_within_the_trouble_explains_little_of_what_comes_later() -> None:
    """A restart between two onsets of its service fits the second worse than the same restart without the first."""
    early, late = change(900), change(1860)
    restart = deploy(1800, kind=DeployKind.RESTART)
    scores = [
        next(found.score for found in correlate([restart], effects, FIRST, LAST) if found.lag_s == 60)
        for effects in ([late], [early, late])
    ]
    assert scores[1] < scores[0] / 2


@pytest.mark.parametrize(
    ("service", "match"),
    [
        ("orders", True),
        ("orders-api", True),
        ("orders-service", True),
        ("OrdersApplication", True),
        ("shop/orders", True),
        ("orders-7d9f8b6c54-x2x1z", True),
        ("orders.service", True),
        ("orders-db", False),
        ("orders-cache", False),
        ("payments", False),
        ("api", False),
        (None, False),
    ],
)
def test_names_of_one_service_match(service: str | None, *, match: bool) -> None:
    """Roles, instances and namespaces in a name do not hide the service; another component or no name is no match."""
    assert pair(deploy(1800, service), change(1860)).service_match is match


def test_same_service_fits_better_than_an_unnamed_and_that_better_than_another() -> None:
    """With the same lag, the service decides."""
    scores = [pair(deploy(1800, service), change(1860)).score for service in ("orders", None, "payments")]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_what_changes_behaviour_fits_better_than_a_restart() -> None:
    """With the same lag, a deployment fits better than a package, that better than a commit, that than a restart."""
    kinds = (DeployKind.DEPLOYMENT, DeployKind.PACKAGE, DeployKind.COMMIT, DeployKind.RESTART)
    scores = [pair(deploy(1800, kind=kind), change(1860)).score for kind in kinds]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_older_deploy_of_the_service_beats_the_latest_of_another() -> None:
    """The most recent change is not the best fit when it is another service's."""
    deploys = [deploy(1500, "orders", ident="D1"), deploy(1790, "payments", ident="D2")]
    assert [found.deploy for found in correlate(deploys, [change(1800)], FIRST, LAST)] == ["D1", "D2"]


def test_deploy_hours_before_still_counts() -> None:
    """A deploy six hours before keeps a third of the best score: it is usable when nothing is nearer."""
    assert 0.25 < pair(deploy(1800 - 6 * 3600), change(1800)).score < 0.45


def test_gradual_change_forgives_a_long_lag() -> None:
    """Half an hour of lag costs a gradual change less than a sudden one."""
    sudden, gradual = (pair(deploy(600), change(2400, shape=shape)).score for shape in (Shape.SUDDEN, Shape.GRADUAL))
    assert gradual > sudden


def test_deploy_every_five_minutes_is_likely_chance() -> None:
    """When some deploy is always near, the chance that a random moment fits as well is near one."""
    deploys = [deploy(60 + 300.0 * number, ident=f"D{number}") for number in range(12)]
    best = correlate(deploys, [change(1860 + 280)], FIRST, LAST)[0]
    assert best.chance > 0.9


def test_single_deploy_long_before_is_likely_chance() -> None:
    """A deploy before all records fits nearly any moment of them as well."""
    assert pair(deploy(-7200), change(3500)).chance > 0.9


def test_timing_alone_is_never_certain() -> None:
    """A deploy at the very moment of the onset scores the ceiling and no more."""
    assert pair(deploy(1800), change(1800)).score == TIMING_CEILING


def test_first_start_at_the_head_gives_way_to_a_restart_at_the_onset() -> None:
    """The version with which the records begin fits an onset minutes later worse than a restart seconds before it."""
    deploys = [deploy(0, ident="D1"), deploy(1798, kind=DeployKind.RESTART, ident="D2")]
    found = correlate(deploys, [change(1800)], FIRST, LAST)
    assert [pair.deploy for pair in found] == ["D2", "D1"]
    assert found[0].chance < 0.01
    assert found[1].chance > 0.4


def test_shared_name_fits_like_the_same_service() -> None:
    """A database's change that names what the failing service names beats the service's own deploy minutes before."""
    deploys = [deploy(1500, "orders", ident="D1"), deploy(1799, "postgresql", DeployKind.MIGRATION, "D2")]
    found = correlate(deploys, [change(1800)], FIRST, LAST, {("D2", "C1"): ("city",)})
    assert [(pair.deploy, pair.service_match, pair.shared, pair.linked) for pair in found] == [
        ("D2", False, ("city",), True),
        ("D1", True, (), True),
    ]
    assert found[0].score == pair(deploy(1799), change(1800)).score


def test_named_dependency_fits_better_than_a_stranger_and_worse_than_the_same_service() -> None:
    """When the failing records name the service that changed and nothing else of it, it may be depended on."""
    effect = change(1800)
    cause = deploy(1790, "payments")
    (named,) = correlate([cause], [effect], FIRST, LAST, {("D1", "C1"): ("payments",)})
    assert pair(cause, effect).score < named.score < pair(deploy(1790), effect).score


def test_many_of_other_services_do_not_make_a_match_likely_chance() -> None:
    """Deploys of other services every minute leave the one of the failing service as telling as it was."""
    others = [deploy(60.0 * number, "payments", ident=f"D{number + 2}") for number in range(60)]
    best = correlate([deploy(1790), *others], [change(1800)], FIRST, LAST)[0]
    assert (best.deploy, best.chance < 0.01) == ("D1", True)


def test_data_of_one_moment_proves_nothing() -> None:
    """When all records have one time, any fit is chance."""
    (found,) = correlate([deploy(0)], [change(0)], FIRST, FIRST)
    assert found.chance == 1.0


def test_no_deploys_no_pairs() -> None:
    """Without a change in the world there is nothing to pair."""
    assert correlate([], [change(1800)], FIRST, LAST) == ()


MOMENTS = st.floats(-SPAN_S, 2 * SPAN_S, allow_nan=False)
DEPLOYS = st.lists(
    st.builds(deploy, MOMENTS, st.sampled_from(["orders", "payments", None]), st.sampled_from(DeployKind)), max_size=12
).map(lambda found: [deploy_with_ident(one, f"D{number}") for number, one in enumerate(found)])


def deploy_with_ident(one: Deploy, ident: str) -> Deploy:
    """Return a deploy under another id."""
    return deploy((one.at - FIRST).total_seconds(), one.service, one.kind, ident)


@given(DEPLOYS, st.floats(0, SPAN_S), st.sampled_from(Shape))
def test_scores_and_chances_are_shares_and_pairs_come_best_first(
    deploys: list[Deploy], at_s: float, shape: Shape
) -> None:
    """Score and chance lie within 0..1, and the pairs of a change are in order of what their fit is worth."""
    found = correlate(deploys, [change(at_s, shape=shape)], FIRST, LAST)
    assert all(0.0 <= one.score <= TIMING_CEILING and 0.0 <= one.chance <= 1.0 for one in found)
    assert all(better.weight >= worse.weight for better, worse in pairwise(found))


@given(MOMENTS, MOMENTS, st.floats(0, SPAN_S))
def test_of_two_alike_the_nearer_is_never_likelier_chance(one_s: float, other_s: float, at_s: float) -> None:
    """Between two deploys that differ only in time, the shorter lag has the better score and no higher chance."""
    deploys = [deploy(at, "payments", DeployKind.CONFIG, name) for at, name in ((one_s, "D1"), (other_s, "D2"))]
    found = sorted(correlate(deploys, [change(at_s)], FIRST, LAST), key=lambda pair: abs(pair.lag_s))
    near = [pair for pair in found if pair.lag_s >= 0]
    assert all(one.score >= other.score and one.chance <= other.chance + 1e-9 for one, other in pairwise(near))


@given(DEPLOYS, st.floats(0, SPAN_S), MOMENTS)
def test_more_deploys_make_chance_likelier(deploys: list[Deploy], at_s: float, other_s: float) -> None:
    """One deploy more never lowers the chance of a pair."""
    before = {one.deploy: one for one in correlate(deploys, [change(at_s)], FIRST, LAST)}
    more = [*deploys, deploy(other_s, ident="another")]
    after = {one.deploy: one for one in correlate(more, [change(at_s)], FIRST, LAST)}
    assert all(after[ident].chance >= one.chance - 1e-9 for ident, one in before.items())
