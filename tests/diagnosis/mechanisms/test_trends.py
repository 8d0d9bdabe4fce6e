"""Growth and shifts are told from noise by ranks."""

from random import Random

import numpy as np
import pytest

from hotfix.diagnosis.mechanisms.trends import find_growth, find_shift, is_counter

_LOOKS = 100


def _noise(seed: int, count: int = 80) -> list[float]:
    rng = Random(seed)
    return [100 + rng.uniform(-20, 20) for _ in range(count)]


def test_growth_after_a_quiet_time() -> None:
    """Values that are steady and then climb grow, from the steady level to the end."""
    values = np.array(_noise(1, 60) + [100 + 10 * step for step in range(40)])
    found = find_growth(values, _LOOKS)
    assert found is not None
    assert found.begin >= 25
    assert found.after == pytest.approx(490, abs=20)


def test_growth_into_a_plateau() -> None:
    """A limit at which values stand still ends the growth and does not hide it."""
    assert find_growth(np.array([float(min(5 + step, 60)) for step in range(90)]), _LOOKS) is not None


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_trend(seed: int) -> None:
    """Random values neither grow nor shift."""
    values = np.array(_noise(seed))
    assert (find_growth(values, _LOOKS), find_shift(values, _LOOKS)) == (None, None)


def test_sawtooth_is_no_trend() -> None:
    """Memory that fills and is freed again neither grows nor shifts."""
    values = np.array([300 + 30.0 * (step % 17) for step in range(120)])
    assert (find_growth(values, _LOOKS), find_shift(values, _LOOKS)) == (None, None)


def test_shift_of_a_noisy_level() -> None:
    """The first value of the new level is found, with both medians."""
    values = np.array(_noise(3, 50) + [value * 3 for value in _noise(4, 30)])
    found = find_shift(values, _LOOKS)
    assert found is not None
    assert (found.begin, found.steady) == (50, False)


def test_one_constant_and_another() -> None:
    """Few values are enough when each side is constant."""
    found = find_shift(np.array([20.0] * 12 + [2.0] * 5), _LOOKS)
    assert found is not None
    assert (found.begin, found.before, found.after, found.steady) == (12, 20.0, 2.0, True)


def test_a_small_step_is_no_shift() -> None:
    """Ten percent more is nothing to tell, however sure it is."""
    values = np.array([100.0, 101.0] * 30 + [110.0, 111.0] * 30)
    assert find_shift(values, _LOOKS) is None


@pytest.mark.parametrize("values", [[], [1.0], [0.0] * 50, [1.0, 2.0]])
def test_too_little_says_nothing(values: list[float]) -> None:
    """Empty, short and constant series have no trend."""
    array = np.array(values)
    assert (find_growth(array, _LOOKS), find_shift(array, _LOOKS)) == (None, None)


def test_counters() -> None:
    """Whole numbers that only count up are counters; levels that fall or stay are none."""
    assert [is_counter(np.array(values)) for values in ([1.0, 5.0, 9.0], [1.0, 5.0, 5.0], [5.0, 1.0], [1.0, 1.5])] == [
        True,
        False,
        False,
        False,
    ]
