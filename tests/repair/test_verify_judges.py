import random

import pytest

from hotfix.repair.verify.contract import Category, CategoryResult, Status, TestVerdict
from hotfix.repair.verify.performance_judge import Sample, judge_ratios, judge_samples
from hotfix.repair.verify.verdict import decide_verdict


def _ratios(ratio: float, noise: float, count: int, seed: int = 7) -> list[float]:
    rng = random.Random(seed)
    return [ratio * rng.gauss(1.0, noise) for _ in range(count)]


@pytest.mark.parametrize(
    ("ratio", "status"),
    [
        (0.8, Status.PASSED),
        (1.0, Status.PASSED),
        (1.05, Status.PASSED),
        (1.15, Status.NOTED),
        (1.3, Status.FAILED),
        (3.0, Status.FAILED),
    ],
)
@pytest.mark.parametrize("count", [6, 12, 24])
def test_steady_times_are_judged(ratio: float, status: Status, count: int) -> None:
    """Up to 10 % slower is fine, up to 20 % noted, beyond that rejected, with a noise of 2 %."""
    found = judge_ratios(_ratios(ratio, 0.02, count), "elapsed time")
    assert found.status is status
    assert found.low <= found.ratio <= found.high
    assert found.low < ratio < found.high or abs(found.ratio - ratio) < 0.03


@pytest.mark.parametrize("ratio", [1.0, 1.15, 1.3])
def test_noise_larger_than_the_difference_is_inconclusive(ratio: float) -> None:
    """Where the interval spans both limits nothing is claimed."""
    assert judge_ratios(_ratios(ratio, 0.4, 6), "elapsed time").status is Status.INCONCLUSIVE


def test_interval_holds_the_median_as_often_as_it_says() -> None:
    """Over 2,000 seeded races the interval misses the true ratio in at most 5 % (and three standard errors)."""
    for count in (6, 12, 24):
        races = (judge_ratios(_ratios(1.1, 0.1, count, seed), "elapsed time") for seed in range(2000))
        assert sum(not race.low <= 1.1 <= race.high for race in races) <= 2000 * 0.05 + 3 * (2000 * 0.05 * 0.95) ** 0.5


def test_processor_time_decides_on_a_busy_host() -> None:
    """Elapsed times that a busy host scatters are passed over where the program computes."""
    scattered = _ratios(1.0, 0.4, 12)
    samples = [Sample(2.0, 2.0 * one, 1.5, 1.5 * 1.3) for one in scattered]
    found = judge_samples(samples)
    assert (found.status, found.clock) == (Status.FAILED, "processor time")
    waiting = [Sample(2.0, 2.0 * one, 0.1, 0.13) for one in scattered]
    assert judge_samples(waiting).status is Status.INCONCLUSIVE


def _answers(**statuses: Status) -> list[CategoryResult]:
    return [
        CategoryResult(category, statuses.get(category.value, Status.PASSED), f"About {category.value}.")
        for category in Category
    ]


def test_all_passed_is_approved() -> None:
    """Five passes approve."""
    assert decide_verdict(_answers()) == (TestVerdict.APPROVED, "All five categories passed.")


@pytest.mark.parametrize("category", Category)
def test_one_failure_rejects(category: Category) -> None:
    """A failure in any category rejects, whatever the others say, and the rule names it."""
    verdict, rule = decide_verdict(
        _answers(**{one.value: Status.NOTED for one in Category} | {category.value: Status.FAILED})
    )
    assert verdict is TestVerdict.REJECTED
    assert rule.endswith(f"About {category.value}.")


@pytest.mark.parametrize("status", [Status.NOT_VALIDATED, Status.INCONCLUSIVE])
@pytest.mark.parametrize("category", Category)
def test_gap_approves_nothing_or_is_noted(category: Category, status: Status) -> None:
    """Without a proof of the fix or of the way back nothing is approved; other gaps are notes."""
    essential = category in {Category.FIX, Category.ROLLBACK}
    verdict, rule = decide_verdict(_answers(**{category.value: status}))
    assert verdict is (TestVerdict.NOT_VALIDATED if essential else TestVerdict.APPROVED_WITH_NOTES)
    assert ("Nothing is approved without" if essential else status.value.replace("_", " ")) in rule


def test_slower_by_15_percent_is_noted() -> None:
    """What passed with a note is approved with notes."""
    verdict, rule = decide_verdict(_answers(performance=Status.NOTED))
    assert (verdict, rule) == (TestVerdict.APPROVED_WITH_NOTES, "Nothing failed; to know: performance (noted).")
