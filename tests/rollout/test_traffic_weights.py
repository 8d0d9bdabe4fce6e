import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfix.rollout.traffic.nginxfile import SplitClients, UpstreamWeights
from hotfix.rollout.traffic.weights import choose_weights, find_share

_SHARES = st.floats(0.0, 1.0, allow_subnormal=False)
_INITIAL = st.lists(st.integers(1, 256), min_size=1, max_size=4)


@settings(deadline=None)
@given(share=_SHARES, new=_INITIAL, old=_INITIAL)
def test_weights_keep_a_share_and_its_ends(share: float, new: list[int], old: list[int]) -> None:
    """Weights are whole and within bounds; nothing is exactly nothing, and a little is never nothing."""
    news, olds = choose_weights(share, new, old, 256)
    assert all(0 <= weight <= 256 for weight in (*news, *olds))
    assert all(bool(weight) == (share > 0) for weight in news)
    assert all(bool(weight) == (share < 1) for weight in olds)


@settings(deadline=None)
@given(percent=st.integers(1, 99))
def test_whole_percents_are_met_by_two_servers(percent: int) -> None:
    """With one server each every whole percent comes out to a tenth of one."""
    news, olds = choose_weights(percent / 100, [1], [1], 256)
    assert find_share(news, olds) == pytest.approx(percent / 100, abs=0.001)


@pytest.mark.parametrize(
    ("share", "new", "old", "weights"),
    [
        (0.1, [0], [10], ([1], [9])),
        (0.5, [7], [7], ([1], [1])),
        (0.25, [1], [20, 10], ([1], [2, 1])),
        (0.5, [0, 5], [5], ([0, 1], [1])),
        (0.0, [1], [3, 1], ([0], [3, 1])),
        (0.0001, [1], [1], ([1], [256])),
    ],
)
def test_weights_are_small_and_keep_proportions(
    share: float, new: list[int], old: list[int], weights: tuple[list[int], list[int]]
) -> None:
    """The smallest weights that do are taken; a server that its operator gave no weight beside others gets none."""
    assert choose_weights(share, new, old, 256) == weights


@settings(deadline=None)
@given(share=_SHARES)
def test_file_for_nginx_says_the_share_that_was_written(share: float) -> None:
    """What is written is read back, also after a change by hand, which is no share that hotfix wrote."""
    for directives in (
        SplitClients("$shop", "$request_id", "new", "old"),
        UpstreamWeights("shop", ("10.0.0.1:80",), ("10.0.0.2:80", "[::1]:80"), "max_fails=0", ("zone shop 64k",)),
    ):
        text = directives.render(share)
        assert directives.read_share(text) == pytest.approx(directives.settle_share(share))
        assert (directives.settle_share(share) > 0) == (share > 0)
        assert directives.read_share(text.replace("default", "other")) is None
