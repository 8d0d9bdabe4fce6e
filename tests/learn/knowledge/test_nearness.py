"""The encoder says how near in meaning two incidents are, and is asked only where its word can matter."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hotfix.learn.knowledge.bm25 import count_holders
from hotfix.learn.knowledge.likeness import compare
from hotfix.learn.knowledge.nearness import measure_nearness
from hotfix.learn.knowledge.signature import Signature
from hotfix.learn.knowledge.similar import find_similar
from hotfix.learn.knowledge.words import list_words
from tests.learn.knowledge.signatures import sign, sign_other

_WORDED = ("the volume has not a byte to spare",)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep vectors of one test apart."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_same_matter_in_other_words_is_nearer() -> None:
    """A full disk worded otherwise is nearer to a full disk than to a missing value."""
    new = sign(texts=_WORDED, words=list_words(_WORDED))
    disk, value = measure_nearness(new, [sign_other(1, 1), sign(2, 2)])
    assert disk is not None
    assert value is not None
    assert disk > value


def test_incident_without_texts_has_no_nearness() -> None:
    """Where nothing was logged, nothing is said of meaning, and names and words count as they do without an encoder."""
    assert measure_nearness(sign(texts=()), [sign(1, 1)]) == [None]
    assert measure_nearness(sign(), [sign(1, 1, texts=())]) == [None]


def test_nearness_is_half_of_the_words() -> None:
    """By hand: words weigh .45 of 1; with none in common and a cosine of .8, half of .64 of it is shared."""
    new, past = sign(words=("volume", "byte")), sign(1, 1, words=("device", "space"))
    rarity = count_holders([new.words, past.words])
    assert compare(new, past, rarity).score == pytest.approx(0.55)
    assert compare(new, past, rarity, 0.8).score == pytest.approx(0.55 + 0.45 * 0.32)
    assert compare(new, past, rarity, -0.3).score == pytest.approx(0.55)


def test_far_incidents_are_not_measured() -> None:
    """Only incidents that nearness may make alike are shown to the encoder."""
    asked = list[str]()

    def measure(_new: Signature, past: Sequence[Signature]) -> list[float | None]:
        asked.extend(one.incident for one in past)
        return [None] * len(past)

    found = find_similar(sign(), [sign_other(1, 1), sign(2, 2)], measure=measure)
    assert (asked, found.compared, [one.incident for one in found.similar]) == (["incident-2"], 2, ["incident-2"])


def test_without_past_incidents_nothing_is_loaded() -> None:
    """Neither numpy nor the encoder's parts are imported while there is nothing to compare with."""
    code = (
        "import sys; from hotfix.learn.knowledge.nearness import measure_nearness; before = set(sys.modules); "
        "measure_nearness(None, []); print(set(sys.modules) - before, 'hotfix.model.meaning' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set() False\n"
