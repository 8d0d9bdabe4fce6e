"""Labels are scored over their trie."""

import numpy as np
import pytest

from hotfix.model.choosing import Way, check_labels, share_out
from hotfix.model.contract import ModelError
from hotfix.model.native import Logits

_END = 9


def _logits(**at: float) -> Logits:
    found = np.full(10, -50.0, dtype=np.float32)
    for token, value in at.items():
        found[int(token[1:])] = np.log(value)
    return found


def test_share_is_the_product_over_the_forks() -> None:
    """A share multiplies the likelihood of its branch at each fork; where labels run together nothing is asked."""
    ways: dict[str, Way] = {"ab": (1, 2, 3, _END), "ac": (1, 2, 4, _END), "abc": (1, 2, 3, 4, _END), "d": (5, _END)}
    states = {
        (1, 2): _logits(t3=0.5, t4=0.5),
        (1, 2, 3): _logits(t4=0.1, t9=0.3),
    }
    asked: list[Way] = []

    def look(begun: Way) -> Logits:
        asked.append(begun)
        return states[begun]

    shares = share_out(ways, _logits(t1=0.6, t5=0.2), look)
    assert shares == pytest.approx({"ab": 0.75 * 0.5 * 0.75, "ac": 0.75 * 0.5, "abc": 0.75 * 0.5 * 0.25, "d": 0.25})
    assert sorted(asked) == [(1, 2), (1, 2, 3)]


@pytest.mark.parametrize(
    ("labels", "reason"), [(["a"], "two or more"), (["a", " "], "empty"), (["a", "b", "a"], "found 'a' twice")]
)
def test_labels_that_cannot_be_told_apart_are_refused(labels: list[str], reason: str) -> None:
    """One label, an empty one and one that comes twice are refused."""
    with pytest.raises(ModelError, match=reason):
        check_labels(labels)
