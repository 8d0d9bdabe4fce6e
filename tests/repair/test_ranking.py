"""Candidates are ordered by gates first, and by tests when these have spoken."""

import json
from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import ERROR_GONE, Candidate, Choice, Decision, FileChange, GateResult, Judged
from hotfix.repair.offers import Offer, read_offers
from hotfix.repair.proposal import propose_patch
from hotfix.repair.ranking import pick_next, rank_candidates, rank_tested
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


def _judge(rung: str, size: int, *, gone: bool | None) -> Judged:
    """Return a candidate of so many lines with which the error is gone, is not, or that was not tried (None)."""
    files = (FileChange("a.py", size, 0),)
    candidate = Candidate(rung, "", (), b"", files, "", (), mitigation=False)
    return Judged(candidate, (GateResult(ERROR_GONE, gone is not False, "", checked=gone is not None),))


@pytest.mark.parametrize(
    ("judged", "order"),
    [
        ([("fixer:bounds", 2, None), ("fixer:zero", 4, True)], ["fixer:zero", "fixer:bounds"]),
        ([("fixer:bounds", 2, False), ("fixer:zero", 4, None)], ["fixer:zero", "fixer:bounds"]),
        ([("fixer:zero", 4, True), ("fixer:bounds", 2, True)], ["fixer:bounds", "fixer:zero"]),
        ([("fixer:bounds", 2, True), ("revert", 40, None)], ["revert", "fixer:bounds"]),
        ([("fixer:missing_key", 2, True), ("fixer:both_keys", 1, None)], ["fixer:both_keys", "fixer:missing_key"]),
    ],
    ids=["seen to help", "seen to fail", "smallest", "what the decision asks for", "reads both names"],
)
def test_what_was_seen_to_remove_the_error_comes_first(
    judged: list[tuple[str, int, bool | None]], order: list[str]
) -> None:
    """Among what the decision asks for alike, proven candidates come first, then the smallest; refused ones last."""
    made = [_judge(rung, size, gone=gone) for rung, size, gone in judged]
    ranked = rank_candidates(made, Decision(Choice.REVERT, "by the test"))
    assert [one.candidate.rung for one in ranked] == order
