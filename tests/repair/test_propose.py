"""What is proposed beside fixers: commits taken back whole or in part, settings set back, and what is not tried."""

from pathlib import Path

import pytest

from hotfix.core.facts import Deploy, DeployKind, Place
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Proposal
from hotfix.repair.proposal import propose_patch
from tests.repair.analyses import ONSET, make_analysis, make_release
from tests.repair.trees import make_repository, run_git, write_files

_CART = (
    "def total(cart):\n    lines = cart.lines\n    return sum(lines)\n\n\n"
    "def count(cart):\n    return len(cart.lines)\n"
)
_FAULTY = _CART.replace("sum(lines)", "sum(lines) / len(lines)")
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 3, in total\n    return sum(lines)\n'
    "TypeError: cannot divide\n"
)


def _release(folder: Path, files: dict[str, str], later: dict[str, str] | None = None) -> Path:
    """Make a repository of a release 1.0 and a faulty 1.1, and perhaps of a commit after it."""
    repository = make_repository(folder / "repository", {"shop/cart.py": _CART, "VERSION": "1.0\n"})
    run_git(repository, "tag", "v1.0")
    for number, one in enumerate([files, *([later] if later else [])], start=1):
        write_files(repository, one | {"VERSION": f"1.{number}\n"})
        run_git(repository, "add", "--all")
        run_git(repository, "commit", "--quiet", f"--message=Release 1.{number}")
        run_git(repository, "tag", f"v1.{number}")
    return repository


def _propose(folder: Path, *deploys: Deploy, trace: str = _TRACE) -> Proposal:
    with open_repository(folder) as repository:
        return propose_patch(repository, make_analysis(trace, deploys=deploys), lambda _phase: None)


def test_commit_is_taken_back_without_its_version(tmp_path: Path) -> None:
    """The revert restores the code and its test, and leaves the version file to the next release."""
    files = {"shop/cart.py": _FAULTY, "tests/test_cart.py": "import shop.cart\n"}
    best = _propose(_release(tmp_path, files), make_release("1.1", "1.0")).best
    assert best is not None
    assert {edit.path: edit.after for edit in best.candidate.edits} == {
        "shop/cart.py": _CART.encode(),
        "tests/test_cart.py": None,
    }


def test_hunk_that_failed_is_offered_alone(tmp_path: Path) -> None:
    """Beside the whole commit, only the hunk around the failing line is offered, the rest of the commit staying."""
    faulty = _FAULTY.replace("return len(cart.lines)", "return len(set(cart.lines))")
    proposal = _propose(_release(tmp_path, {"shop/cart.py": faulty}), make_release("1.1", "1.0"))
    reverts = [one.candidate.edits[0].after for one in proposal.judged if one.candidate.rung == "revert" and one.passed]
    assert reverts == [_CART.encode(), _CART.replace("len(cart.lines)", "len(set(cart.lines))").encode()]


def test_commit_that_others_built_on_is_not_taken_back(tmp_path: Path) -> None:
    """Where later commits changed the same lines, the revert is not forced, and the reason is given."""
    repository = _release(
        tmp_path, {"shop/cart.py": _FAULTY}, {"shop/cart.py": _FAULTY.replace("len(lines)", "max(1, 2)")}
    )
    proposal = _propose(repository, make_release("1.1", "1.0"))
    assert "cannot be taken back whole" in " ".join(proposal.skipped)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[database]\npool_size = 2 # small\nother = 2\n", "[database]\npool_size = 20 # small\nother = 2\n"),
        ("[database]\npool_size = 20\n", None),
        ("[a]\npool_size = 2\n[b]\npool_size = 2\n", None),
    ],
    ids=["the harmful value", "another value", "two of them"],
)
def test_setting_is_set_back_where_the_repository_holds_it(tmp_path: Path, text: str, wanted: str | None) -> None:
    """A configuration file with the harmful value gets the one from before; other files stay untouched."""
    change = Deploy("D1", ONSET, DeployKind.CONFIG, "shop", None, "database.pool_size changed from 20 to 2", "20", "2",
                    Place("x", 1, 1))  # fmt: skip
    repository = make_repository(tmp_path / "repository", {"config.toml": text})
    best = _propose(repository, change, trace="no connection left").best
    assert (best.candidate.edits[0].after if best else None) == (wanted.encode() if wanted else None)


def test_innocent_commit_is_not_taken_back(tmp_path: Path) -> None:
    """Where the diagnosis lays it to a setting, a release that neither speaks of it nor failed itself stays."""
    text = _TRACE.replace("shop/cart.py", "site-packages/psycopg/cursor.py")
    revoked = Deploy("D9", ONSET, DeployKind.CONFIG, "db", None, "REVOKE x", None, None, Place("pg.log", 3, 3))
    repository = _release(tmp_path, {"shop/cart.py": _FAULTY})
    found = _propose(repository, make_release("1.1", "1.0"), revoked, trace=text)
    assert [one.candidate.rung for one in found.judged] == []
    assert any("Nothing but its time speaks against" in reason for reason in found.skipped)
