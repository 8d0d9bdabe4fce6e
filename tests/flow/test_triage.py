"""``hotfix triage``: roll back now or not, first by rules alone, then as the whole analysis says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.core.facts import Analysis, Approach
from hotfix.flow.triage import RollBack, triage_analysis
from tests.flow.ways import SAMPLE, go
from tests.report.analyses import ONSET, incident, inconclusive, no_incident, recovered, unexplained

_ROLL_BACK = SAMPLE.with_name("python-null-after-release")


def _recommending(approach: Approach) -> Analysis:
    whole = incident()
    advice = whole.diagnosis.recommendation
    assert advice is not None
    return replace(whole, diagnosis=replace(whole.diagnosis, recommendation=replace(advice, approach=approach)))


@pytest.mark.parametrize("approach", [Approach.ROLLBACK, Approach.REVERT, Approach.CONFIG])
def test_change_that_can_be_undone_and_is_to_be_is_a_yes(tmp_path: Path, approach: Approach) -> None:
    """The answer names the change and the line of the logs that proves it."""
    found = triage_analysis(_recommending(approach), tmp_path)
    assert found.answer is RollBack.YES
    assert found.change == incident().deploys[1]
    assert found.proof is not None
    assert found.reason.startswith("it began 5.2 s after D2, and undoing it is what the diagnosis recommends (")


def test_change_that_left_something_behind_is_unclear(tmp_path: Path) -> None:
    """Where data come first, going back may not help: people decide."""
    found = triage_analysis(_recommending(Approach.DATA), tmp_path)
    assert (found.answer, found.command, found.wants_command) == (RollBack.UNCLEAR, None, False)


@pytest.mark.parametrize(
    ("analysis", "answer"),
    [
        (no_incident(), RollBack.NO),
        (recovered(), RollBack.NO),
        (inconclusive(), RollBack.UNCLEAR),
        (replace(unexplained(), deploys=()), RollBack.UNCLEAR),
    ],
    ids=["no incident", "recovered", "inconclusive", "no change is told"],
)
def test_without_a_change_to_undo_it_is_no_yes(tmp_path: Path, analysis: Analysis, answer: RollBack) -> None:
    """Nothing wrong, over by itself: no. Where no log tells of changes, whoever knows of one must say."""
    assert triage_analysis(analysis, tmp_path).answer is answer


def test_change_that_does_not_fit_is_named_and_not_undone(tmp_path: Path) -> None:
    """With another way out it is a no; where nothing else is known, people decide."""
    whole, quiet = incident(), unexplained()
    unfit = replace(whole, diagnosis=replace(whole.diagnosis, evidence=()))
    found = [triage_analysis(one, tmp_path) for one in (unfit, replace(quiet, deploys=whole.deploys))]
    assert [one.answer for one in found] == [RollBack.NO, RollBack.UNCLEAR]
    assert all(one.reason.startswith("no known change fits it; the last one before was D2 deployment") for one in found)


def test_command_is_that_of_the_configured_traffic(tmp_path: Path) -> None:
    """Where hotfix.toml says who moves the requests, the command that sends them all back is typed out."""
    assert triage_analysis(incident(), tmp_path).command is None
    (tmp_path / "hotfix.toml").write_text('[deploy.traffic]\nprovider = "flagfile"\n', "utf-8")
    found, ident = triage_analysis(incident(), tmp_path), f"{ONSET:%Y%m%dT%H%M%SZ}-checkout"
    assert found.command == f"hotfix deploy rollback {ident} --config {tmp_path}"


def test_first_answer_comes_before_the_whole_analysis(tmp_path: Path) -> None:
    """Two lines of JSON: the answer by rules, then the one of the analysis that lies in the incident folder."""
    done = go(tmp_path, "triage", str(_ROLL_BACK / "logs"), "--no-model", "--json")
    first, refined = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert (first["answer"], refined["answer"]) == ("first", "refined")
    assert 0 < first["seconds"] < refined["seconds"]
    assert {one["roll_back"] for one in (first, refined)} == {"yes"}
    assert (first["change"]["summary"].split(",")[0], first["action"]) == (
        "orders 2.15.0 (was 2.14.1)",
        "Roll back orders from 2.15.0 to 2.14.1",
    )
    assert first["proof"]["place"] == {"file": str(_ROLL_BACK / "logs" / "orders" / "orders.log"), "line": 2313}
    (report,) = tmp_path.glob(".hotfix/incidents/*/report.json")
    assert json.loads(report.read_text("utf-8"))["diagnosis"]["category"] == "null_reference"


def test_answer_is_the_first_line(tmp_path: Path) -> None:
    """Healthy logs: no, at once, and exit code 0."""
    (tmp_path / "app.log").write_text("".join(f"2026-01-15 14:{at:02}:00 INFO served\n" for at in range(60)), "utf-8")
    done = go(tmp_path, "triage", "app.log", "--no-model")
    assert (done.returncode, done.stdout.splitlines()[0].split(":")[0]) == (0, "ROLL BACK NOW? NO")
