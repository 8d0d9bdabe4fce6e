"""Candidates are ordered by gates first, and by tests when these have spoken."""

import json
from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.repair.checkout import open_repository
from hotfix.repair.offers import Offer, read_offers
from hotfix.repair.proposal import propose_patch
from hotfix.repair.ranking import pick_next, rank_tested
from hotfix.report.patchreport import render_patch_json
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository

_OFFERS = (
    Offer(0, "fixer:a", b"", 6, mitigation=False),
    Offer(1, "fixer:b", b"", 4, mitigation=False),
    Offer(2, "fixer:c", b"", 1, mitigation=True),
    Offer(3, "model:m", b"", 9, mitigation=False),
)


@pytest.mark.parametrize(
    ("verdicts", "order"),
    [
        ({}, [0, 1, 2, 3]),
        ({0: "REJECTED"}, [1, 2, 3, 0]),
        ({0: "APPROVED", 1: "APPROVED WITH NOTES", 2: "APPROVED"}, [1, 0, 2, 3]),
        ({0: "NOT VALIDATED", 1: "REJECTED", 3: "APPROVED"}, [3, 0, 2, 1]),
    ],
    ids=["no test", "a rejection", "smallest fix, then the mitigation", "a gap"],
)
def test_what_passes_tests_comes_first_then_the_smallest(verdicts: dict[int, str], order: list[int]) -> None:
    """Approved fixes by size, approved mitigations, what no test decided as it stood, rejected ones."""
    assert [one.place for one in rank_tested(_OFFERS, verdicts)] == order


@pytest.mark.parametrize(
    ("verdicts", "place"),
    [
        ({}, 0),
        ({0: "REJECTED"}, 1),
        ({0: "REJECTED", 1: "APPROVED"}, None),
        ({0: "NOT VALIDATED"}, None),
        (dict.fromkeys(range(4), "REJECTED"), None),
    ],
    ids=["the first", "the next", "found", "cannot be told", "none left"],
)
def test_next_one_is_tested_after_a_rejection_only(verdicts: dict[int, str], place: int | None) -> None:
    """Candidates are tested one by one until one is not rejected."""
    found = pick_next(_OFFERS, verdicts)
    assert (found.place if found else None) == place


def test_candidates_are_read_back_from_what_the_patch_command_wrote(tmp_path: Path) -> None:
    """Those that passed their gates come back with their diffs, in their order."""
    code = "def total(cart, rate):\n    # all of it\n    return cart.sum * rate.value\n"
    trace = (
        'Traceback (most recent call last):\n  File "/app/cart.py", line 3, in total\n'
        "    return cart.sum * rate.value\nAttributeError: 'NoneType' object has no attribute 'value'\n"
    )
    with open_repository(make_repository(tmp_path / "repository", {"cart.py": code})) as repository:
        proposal = propose_patch(repository, make_analysis(trace), lambda _phase: None)
    offers = read_offers(render_patch_json(proposal, tmp_path, 1.0))
    assert [one.diff for one in offers] == [one.candidate.diff for one in proposal.judged if one.passed]
    assert all(one.lines for one in offers)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"candidates": [{}]}', json.dumps({"candidates": [{"passed": True}]})]
)
def test_other_text_is_no_patch_json(text: str) -> None:
    """What `hotfix patch` did not write is refused with one sentence."""
    with pytest.raises(InputError, match=r"expected the candidates of hotfix patch in patch\.json"):
        read_offers(text)
