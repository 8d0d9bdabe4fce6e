"""What of the many that repeat is worth a look."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.signal.deploys.bursts import choose_occasions, find_bursts, is_scheduled

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def at(*seconds: float) -> list[datetime]:
    """Return instants some seconds after the start."""
    return [START + timedelta(seconds=second) for second in seconds]


def test_burst_ends_with_ten_quiet_minutes() -> None:
    """Repetitions no farther apart than ten minutes are one burst of ten minutes."""
    assert find_bursts(at(0, 500, 1000, 1700, 1710), 600) == [0, 3]


def test_occasions_after_long_quiet_are_kept() -> None:
    """Of a steady drip with one long pause, the first and the one after the pause are kept."""
    times = at(*(10 * number for number in range(50)), 5000, *(5000 + 10 * number for number in range(1, 50)))
    assert {0, 50} <= set(choose_occasions(times, 6))


@given(st.lists(st.floats(0, 1e6), max_size=200), st.integers(1, 50))
def test_choice_is_bounded_in_order_and_begins_with_the_first(seconds: list[float], most: int) -> None:
    """At most so many positions are chosen, each once, in order, and the first is among them."""
    chosen = choose_occasions(at(*sorted(seconds)), most)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(most, len(seconds))
    assert chosen[:1] == ([0] if seconds else [])


@pytest.mark.parametrize(
    ("seconds", "scheduled"),
    [((0, 60, 120, 180, 240), True), ((0, 61, 119, 181, 240), True), ((0, 10, 120, 130, 240), False), ((0, 60), False)],
)
def test_schedule_needs_regular_intervals(seconds: tuple[float, ...], *, scheduled: bool) -> None:
    """Five times at nearly equal intervals are a schedule; fewer, or uneven ones, are none."""
    assert is_scheduled(at(*seconds)) is scheduled
