"""``hotfix test`` through the real program."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hotfix.report.files import write_incident
from tests.repair import shop
from tests.repair.trees import make_patch, make_repository, take_prints

Run = Callable[..., tuple[int, str, str]]

_ORDER = """
[[test.compatible]]
name = "an order of last year"
run = "python3 -m app.read"
input = "old-order.json"
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Test a change of the small project; its work tree and repository are the same afterwards, byte for byte."""
    repository = make_repository(tmp_path / "checkout", shop.FILES)
    (repository / "hotfix.toml").write_text(_ORDER, "utf-8")
    (repository / "old-order.json").write_text('{"total_cents": 990}', "utf-8")
    (repository / ".git" / "info" / "exclude").write_text("hotfix.toml\nold-order.json\n", "utf-8")
    write_incident(tmp_path / "incident", shop.analysis())

    def run_one(change: Mapping[str, str | bytes | None], *more: str) -> tuple[int, str, str]:
        (tmp_path / "incident" / "patch.diff").write_bytes(make_patch(repository, change))
        before = take_prints(repository)
        command = [sys.executable, "-m", "hotfix", "test", "incident", "--repo", "checkout", *more]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, check=False, text=True, env=os.environ | {"NO_COLOR": "1"}
        )
        assert take_prints(repository) == before
        return done.returncode, done.stdout, done.stderr

    return run_one


def test_right_patch_is_approved(run: Run, tmp_path: Path) -> None:
    """All categories are told in JSON and in the report; how sure the time is depends on the host alone."""
    code, said, messages = run(shop.RIGHT, "--json", "--perf", "python3 -m app.race")
    found = json.loads(said)
    assert (code, messages) == (0, "")
    statuses = {name: one["status"] for name, one in found["categories"].items()}
    assert statuses.pop("performance") in {"passed", "noted", "inconclusive"}
    assert statuses == dict.fromkeys(("fix", "regression", "compatibility", "rollback"), "passed")
    assert found["verdict"] in {"APPROVED", "APPROVED WITH NOTES"}
    assert (found["depth"], found["confined"], found["files"]) == ("critical tests", True, ["app/cart.py"])
    assert found["categories"]["rollback"]["command"] == f"git apply -R {tmp_path}/incident/patch.diff"
    assert all(set(one) == {"status", "detail", "command", "seconds", "notes"} for one in found["categories"].values())
    assert json.loads((tmp_path / "incident" / "test.json").read_text("utf-8")) == found
    report = (tmp_path / "incident" / "test-report.md").read_text("utf-8")
    assert report.startswith(f"# Test report: {found['verdict']}\n")
    assert "## Regression: passed" in report
    assert "def test_incident_is_over():" in report
    assert "of 15 min at P0: within" in report


def test_wrong_patch_is_rejected(run: Run) -> None:
    """A patch that deletes the feature and old formats ends with exit code 1, and the rule says by which tests."""
    wrong = {"app/cart.py": str(shop.WITHOUT_FEATURE["app/cart.py"]).replace('else order["total_cents"]', "else 0")}
    code, said, messages = run(wrong, "--repro", shop.REPRO, "--perf", "true")
    assert (code, messages) == (1, "")
    assert said.startswith(
        "REJECTED: regression: what passed before must pass after; "
        "compatibility: old data and old clients must be treated as before. 1 test passed without the patch"
    )


def test_rejected_candidate_gives_way_to_the_next(run: Run, tmp_path: Path) -> None:
    """Of the candidates of patch.json the first that is not rejected is told and goes into patch.diff."""
    diffs = [make_patch(tmp_path / "checkout", change).decode() for change in (shop.WITHOUT_FEATURE, shop.RIGHT)]
    offers = [
        {"passed": True, "rung": rung, "diff": diff, "mitigation_only": False, "files": [{"added": 1, "removed": 1}]}
        for rung, diff in zip(("fixer:first", "fixer:second"), diffs, strict=True)
    ]
    (tmp_path / "incident" / "patch.json").write_text(json.dumps({"base": None, "candidates": offers}), "utf-8")
    code, said, messages = run(shop.WITHOUT_FEATURE, "--json", "--perf", "true")
    found = json.loads(said)
    assert (code, messages) == (0, "")
    assert found["verdict"] in {"APPROVED", "APPROVED WITH NOTES"}
    tried = [(one["candidate"], one["rung"], one["verdict"]) for one in found["candidates"]]
    assert tried == [(0, "fixer:first", "REJECTED"), (1, "fixer:second", found["verdict"])]
    assert (tmp_path / "incident" / "patch.diff").read_text("utf-8") == diffs[1]
    report = (tmp_path / "incident" / "test-report.md").read_text("utf-8")
    assert "| 1. fixer:first | REJECTED | regression: what passed before must pass after" in report
    assert "`patch.diff` now holds candidate 2" in report


def test_foreign_patch_that_hides_the_error_is_not_plainly_approved(run: Run) -> None:
    """A patch that passed no gates is noted where it swallows the error and where it changes a test."""
    line = '    percent = cart["discount"]["percent"]\n'
    hiding = f"    try:\n    {line}    except TypeError:\n        percent = 0\n"
    hidden = str(shop.FILES["app/cart.py"]).replace(line, hiding)
    tests = {"tests/test_cart.py": f"{shop.FILES['tests/test_cart.py']}\n"}
    code, said, messages = run({"app/cart.py": hidden, **tests}, "--json", "--perf", "true")
    found = json.loads(said)
    assert (code, messages, found["verdict"]) == (0, "", "APPROVED WITH NOTES")
    assert found["categories"]["fix"]["status"] == "noted"
    assert "swallows an error: that is a mitigation and no fix." in found["categories"]["fix"]["notes"][0]
    assert found["categories"]["regression"]["status"] == "noted"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "--repo", "."), "expected an incident at 'nowhere', found none here; hotfix analyze writes one"),
        (("incident", "--repo", "nowhere"), "--repo: expected a git repository or a bundle at nowhere, found nothing"),
        (("incident", "--repo", ".", "--patch", "gone.diff"), "expected a patch at gone.diff, found: No such file"),
        (("incident",), "Missing option '--repo'"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """Without an incident, a repository or a patch one sentence says which; the exit code is that of wrong usage."""
    write_incident(tmp_path / "incident", shop.analysis())
    (tmp_path / "incident" / "patch.diff").write_text("", "utf-8")
    command = [sys.executable, "-m", "hotfix", "test", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
