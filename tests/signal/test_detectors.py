"""The contract of every detector, and what each must fire on or stay silent at."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from hotfix.signal.detectors import DETECTORS
from hotfix.signal.detectors.contract import Finding
from hotfix.signal.detectors.periodic import regularity_chance
from hotfix.signal.series import count_records
from hotfix.signal.signals import gather_signals
from tests.signal.incidents import Log, break_at, describe


def _empty(seed: int) -> Log:
    return Log(seed, 600).write(np.array([1.0]), "handled")


def _constant(seed: int) -> Log:
    log = Log(seed, 600)
    times = log.spread(10)
    return log.serve(times, 0.02, log.rng.lognormal(3, 0.5, len(times)))


def _step(seed: int) -> Log:
    log = Log(seed, 600)
    times = log.spread(10)
    late = times > 300
    return log.serve(times, np.where(late, 0.4, 0.02), np.where(late, 4, 1) * log.rng.lognormal(3, 0.5, len(times)))


def _gap(seed: int) -> Log:
    log = Log(seed, 600)
    times = log.spread(10)
    return log.serve(times[(times < 250) | (times > 400)], 0.02).serve(log.spread(5), service="web")


def _burst(seed: int) -> Log:
    return break_at(Log(seed, 600), 10, (0.0, 0.6), 300, 340)


def _pulses(seed: int) -> Log:
    log = Log(seed, 600)
    times = log.spread(20)
    return log.serve(times, np.where(times % 50 < 8, 0.5, 0.01))


SHAPES: Mapping[str, Callable[[int], Log]] = {
    "empty": _empty,
    "constant": _constant,
    "step": _step,
    "gap": _gap,
    "burst": _burst,
    "pulses": _pulses,
}
FIRES = {
    ("rate", "step"),
    ("rate", "burst"),
    ("novelty", "step"),
    ("novelty", "burst"),
    ("latency", "step"),
    ("silence", "gap"),
    ("periodic", "pulses"),
}


def _detect(name: str, shape: str, seed: int) -> list[Finding]:
    records = SHAPES[shape](seed).records()
    counts = count_records(records)
    assert counts is not None
    return list(DETECTORS[name](gather_signals(counts, describe(records))))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", DETECTORS)
def test_detector_keeps_the_contract(name: str, shape: str) -> None:
    """Every detector fires on what it is for, stays silent at the rest, and its findings lie inside the data."""
    for seed in range(3):
        found = _detect(name, shape, seed)
        if (name, shape) in FIRES:
            assert found
        elif shape in {"empty", "constant", "gap"}:
            assert not found
        for one in found:
            assert 0 <= one.start < (one.end or 600) <= 600
            assert 0 < one.chance <= 1


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_says_the_same_of_the_same_log(name: str) -> None:
    """A detector has no memory and no chance in it."""
    assert _detect(name, "step", 1) == _detect(name, "step", 1)


def test_random_intervals_are_not_regular() -> None:
    """Of random intervals a share of at most the stated chance looks as regular as a timer."""
    rng = np.random.default_rng(1)
    chances = [regularity_chance(rng.exponential(100, 6)) for _ in range(5000)]
    assert sum(chance < 0.01 for chance in chances) <= 50


def test_timer_is_regular() -> None:
    """Eight intervals that differ by a bucket are no chance."""
    assert regularity_chance(np.array([50.0, 51, 50, 49, 50, 50, 51, 50])) < 1e-6
