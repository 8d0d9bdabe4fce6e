"""The recorded incidents: the commit that brought each, and a patch that the incident's own check accepts.

`benchmarks/lab_patches.py` scores all recordings; here are all with a commit to blame and some of those without.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.lab_patches import (
    Group,
    Outcome,
    check_tree,
    clone_tree,
    find_check,
    find_group,
    list_names,
    read_truth,
    score_recording,
)
from tests.repair.trees import run_git

_SHARE_RIGHT = 0.9
_FOLDER = TemporaryDirectory(prefix="hotfix-samples-")
_CODE = [name for name in list_names() if find_group(name) is Group.CODE]
_FIRST_COMMIT = ("partner-sends-null", "poison-message")  # the service had the fault from the beginning
_OUTSIDE = ("hot-key-on-one-shard", "nightly-backup-saturates-disk", "permission-removed", "pool-shrunk-by-config")


@cache
def _score(name: str) -> Outcome:
    folder = Path(_FOLDER.name, name)
    folder.mkdir()
    return score_recording(name, folder)


@pytest.mark.parametrize("name", _CODE)
def test_patch_is_accepted_by_the_incidents_own_check(name: str) -> None:
    """The check, which hotfix never sees, refuses the tree without the patch and accepts it with it."""
    found = _score(name)
    assert (found.accepted, found.right) == (True, True), found.said
    assert not found.mitigation


@pytest.mark.parametrize("name", _CODE)
def test_patch_applies_and_can_be_taken_back(name: str, tmp_path: Path) -> None:
    """`git apply` takes the patch on a clone, its reverse leaves no change, and it touches the file to blame."""
    clone, patch = clone_tree(name, tmp_path / "clone"), str(_score(name).patch)
    run_git(clone, "apply", patch)
    changed = run_git(clone, "status", "--porcelain").decode()
    run_git(clone, "apply", "--reverse", patch)
    assert read_truth(name)["file_line"].rpartition(":")[0] in changed
    assert run_git(clone, "status", "--porcelain") == b""


def test_suspect_commit_is_rank_one() -> None:
    """On at least 90 % of the recordings in which a commit is to blame, that commit is the first suspect."""
    wrong = [name for name in _CODE if _score(name).suspect_rank != 1]
    assert len(wrong) <= (1 - _SHARE_RIGHT) * len(_CODE), wrong


def test_rungs_are_as_the_incidents_ask() -> None:
    """What a release brought is taken back; what came from outside is mended by a fixer at the line that failed."""
    rungs = {name: _score(name).rung for name in _CODE}
    mended = {"partner-sends-null": "fixer:missing_value", "poison-message": "fixer:number_format"}
    assert rungs == dict.fromkeys(_CODE, "revert") | mended


@pytest.mark.parametrize("name", _OUTSIDE)
def test_cause_outside_of_the_repository_gives_no_patch(name: str) -> None:
    """Where no line of the repository is to blame, an innocent release is left alone and nothing is made up."""
    found = _score(name)
    assert (found.rung, found.right) == ("none", True), found.said
    assert found.decision in {"config", "wait"}


def test_recording_in_which_nothing_broke_is_refused_in_one_sentence() -> None:
    """Without an incident there is nothing to patch, and one sentence says so."""
    found = _score("healthy-deploy")
    assert found.right, found.said
    assert found.said.startswith("hotfix: expected the report of an incident, found one that says: nothing got worse")


@pytest.mark.parametrize("name", sorted({*_CODE} - {*_FIRST_COMMIT}))
def test_check_accepts_the_release_before(name: str, tmp_path: Path) -> None:
    """A check asks for nothing that the last good release did not give."""
    check = find_check(name)
    assert check is not None
    assert check_tree(check, clone_tree(name, tmp_path / "tree", f"{read_truth(name)['suspect_commit']}^")) is None


_MENDED: Mapping[str, tuple[str, str, str]] = {
    "column-missing-after-migration": ("orders/store.py", " c.city", " c.town AS city"),
    "feature-flag-flip": (
        "orders/shipments.py",
        "    first, second",
        '    if len(by_weight) < 2:\n        return [[line["sku"] for line in by_weight]]\n    first, second',
    ),
    "java-npe-after-deploy": (
        "src/com/shop/catalog/Promotions.java",
        "percentByCategory.get(category)",
        "percentByCategory.getOrDefault(category, 0)",
    ),
    "node-null-on-canary": ("render.js", "review.author.name", "(review.author || { name: '' }).name"),
    "partner-sends-null": (
        "inventory/warehouse.py",
        'confirmation["slot"]["gate"]',
        '(confirmation["slot"] or {}).get("gate")',
    ),
    "poison-message": (
        "mailer/render.py",
        'Decimal(event["total"])',
        'Decimal(str(event["total"]).replace(",", "."))',
    ),
}
"""Recording → file, what stands there, and what a person would write."""

_WRONG: Mapping[str, tuple[str, str, str]] = {
    "feature-flag-flip": (
        "orders/shipments.py",
        "first, second = by_weight[0], by_weight[1]",
        "first, second = by_weight[0], by_weight[-1]",
    ),
    "java-npe-after-deploy": (
        "src/com/shop/catalog/Promotions.java",
        "percentByCategory.get(category)",
        "percentByCategory.getOrDefault(category, 5)",
    ),
    "node-null-on-canary": ("render.js", "review.author.name.split(' ')[0]", "'A reader'"),
    "partner-sends-null": (
        "inventory/warehouse.py",
        "    except OSError as error:\n",
        '        if confirmation["slot"] is None:\n            return False\n    except OSError as error:\n',
    ),
    "poison-message": (
        "mailer/render.py",
        '    total = Decimal(event["total"])\n',
        '    try:\n        total = Decimal(event["total"])\n    except ArithmeticError:\n        total = Decimal(0)\n',
    ),
}
"""Recording → file, what stands there, and what stops the error and makes something else wrong."""


def _check_edited(name: str, edit: tuple[str, str, str], folder: Path) -> str | None:
    path, old, new = edit
    check, tree = find_check(name), clone_tree(name, folder / "tree")
    text = (tree / path).read_text("utf-8")
    assert old in text
    (tree / path).write_text(text.replace(old, new), "utf-8")
    assert check is not None
    return check_tree(check, tree)


@pytest.mark.parametrize("name", _MENDED)
def test_check_accepts_what_a_person_would_write(name: str, tmp_path: Path) -> None:
    """A check accepts a fix that goes forward as well as one that goes back."""
    assert _check_edited(name, _MENDED[name], tmp_path) is None


@pytest.mark.parametrize("name", _WRONG)
def test_check_refuses_a_change_that_only_stops_the_error(name: str, tmp_path: Path) -> None:
    """A check refuses a patch after which nothing fails and something else is wrong."""
    assert "expected" in str(_check_edited(name, _WRONG[name], tmp_path))
