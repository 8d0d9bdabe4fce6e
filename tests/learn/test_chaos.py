import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotfix.cli.program import run
from hotfix.core.errors import RuleError
from hotfix.core.facts import Analysis, Hypothesis
from hotfix.core.resources import find_resource
from hotfix.learn.chaosrules import load_experiments, read_experiments
from hotfix.learn.events import Event, EventKind, EventSource, append_event
from hotfix.report.files import write_incident
from tests.report.analyses import ONSET, incident, no_incident, unexplained
from tests.report.test_markdown import PARSER

_ROOT = Path(__file__).parents[2]
_SCENARIOS = _ROOT / "benchmarks" / "lab" / "scenarios"
_SECTIONS = ("Fault", "Hypothesis", "Inject", "Blast radius", "Abort", "Observe", "Rollback")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs ``hotfix chaos plan`` in a project without incidents."""
    monkeypatch.chdir(tmp_path)

    def _run(*arguments: str) -> tuple[int, str, str]:
        code = run(["chaos", "plan", *arguments])
        return code, *capsys.readouterr()

    return _run


def _keep(analysis: Analysis) -> Path:
    folder = Path(".hotfix", "incidents", "one")
    write_incident(folder, analysis)
    return folder


def _diagnose(family: str, confidence: float, *others: Hypothesis) -> Analysis:
    whole = incident()
    found = replace(whole.diagnosis, category=family, confidence=confidence)
    return replace(whole, diagnosis=replace(found, hypotheses=(found.hypotheses[0], *others)))


def test_every_family_has_an_experiment_or_a_reason_why_not() -> None:
    """No family is forgotten, and none is named that there is not."""
    families = {path.stem for path in find_resource("rules", "causes").glob("*.toml")}
    known = load_experiments()
    assert set(known) == families
    assert sorted(name for name, one in known.items() if not one.experiments) == [
        "data_corruption",
        "race_condition",
        "unhandled_exception",
        "unknown",
    ]
    assert [name for name, one in known.items() if bool(one.experiments) == bool(one.why_none)] == []


def test_lab_scenarios_are_those_of_the_family() -> None:
    """Each scenario of the lab with a cause is named by its family, and no other is."""
    recorded: dict[str, set[str]] = {}
    for path in (_ROOT / "sample_logs").glob("*/truth.toml"):
        truth = tomllib.loads(path.read_text())
        if truth["verdict"] != "no_incident":
            recorded.setdefault(truth["category"], set()).add(path.parent.name)
    named = {family: set(one.lab) for family, one in load_experiments().items() if one.lab}
    assert named == recorded
    files = [_SCENARIOS / f"{name.replace('-', '_')}.py" for names in named.values() for name in names]
    assert [path for path in files if not path.is_file()] == []


def test_plan_has_the_figures_of_the_incident(command: Command) -> None:
    """Services, figures before and during, and the limits at which to stop are the incident's own."""
    folder = _keep(incident())
    whole = json.loads(command("last", "--json")[1])
    assert [(one["series"], one["before"], one["during"], one["stop"]) for one in whole["steady_state"]] == [
        ("checkout: share of error records", "0.06%", "93%", "above 5%"),
        (
            'checkout: records of one message "request <*> failed"',
            "0/min",
            "69.4/min",
            "it comes outside of the blast radius",
        ),
        ("gateway: share of error records", "0.1%", "31.2%", "above 5%"),
    ]
    assert (whole["service"], [one["family"] for one in whole["families"]]) == ("checkout", ["null_reference"])
    text = (folder / "chaos.md").read_text()
    assert [name for name in _SECTIONS if f"**{name}.**" not in text] == []
    assert "Leave fields out of what `checkout` reads" in text
    assert "In the incident it reached `gateway`." in text
    assert "D2 deployment: checkout 1.4.2 is live (was 1.4.1)" in text


def test_lab_command_stands_in_a_block(command: Command) -> None:
    """The scenarios of the family are commands that can be pasted, as the terminal shows them too."""
    folder = _keep(_diagnose("disk_full", 0.99))
    said = command("last")[1]
    line = "PYTHONPATH=benchmarks python3 -m lab.record disk-full --out /tmp/lab"
    (block,) = [one for one in PARSER.parse((folder / "chaos.md").read_text()) if one.type == "fence"]
    assert (block.content, line in said) == (f"{line}\n", True)


@pytest.mark.parametrize("family", sorted(load_experiments()))
def test_document_of_each_family_is_whole(command: Command, family: str) -> None:
    """Every family gives a document without an unfilled slot; one without an experiment says so and why."""
    folder = _keep(_diagnose(family, 0.99))
    assert command("last")[0] == 0
    text, found = (folder / "chaos.md").read_text(), load_experiments()[family]
    assert [mark for mark in ("{", "}", "None", "TODO") if mark in text] == []
    assert ("There is no experiment for this family." in text) == (found.why_none is not None)
    assert ("No scenario of the lab injects a fault" in text) == bool(found.experiments and not found.lab)


def test_unsure_diagnosis_tries_the_next_families(command: Command) -> None:
    """Families that were not rejected are planned too, the rejected one is not, and it is said to be a hypothesis."""
    others = [
        Hypothesis(2, "dependency_timeout", "gateway", "the partner is slow", 0.3, ("E3",), (), None),
        Hypothesis(3, "disk_full", "gateway", "no space", 0.1, (), ("E1",), "space is left"),
    ]
    folder = _keep(_diagnose("null_reference", 0.5, *others))
    whole = json.loads(command("last", "--json")[1])
    assert [one["family"] for one in whole["families"]] == ["null_reference", "dependency_timeout"]
    text = (folder / "chaos.md").read_text()
    assert "**Hypothesis:** the confidence is 50%, and acting at P0 asks for 80%." in text
    assert "## `dependency_timeout`, not rejected" in text


def test_unknown_cause_is_not_guessed_at(command: Command) -> None:
    """Where nobody knows the cause no experiment is made up."""
    _keep(unexplained())
    said = command("last")[1]
    assert "chaos.md: 0 experiments at checkout" in said
    assert "unknown: no experiment: The cause is not known" in said


def test_alert_that_told_has_to_ring_again(command: Command) -> None:
    """The alert of the journal is named with its time; without one that is said."""
    folder = _keep(incident())
    assert "no alert is recorded to have told of the incident" in json.loads(command("last", "--json")[1])["detection"]
    at = ONSET + timedelta(minutes=4)
    append_event(folder, Event(EventKind.DETECTED, at, at, EventSource.ALERT, "fires", details={"alert": "HighErrors"}))
    said = json.loads(command("last", "--json")[1])["detection"]
    assert said == "the alert HighErrors told of it 4 min after the onset; it has to ring within 5 min of the fault."


def test_what_people_wrote_is_kept(command: Command) -> None:
    """Planning again gives the same bytes, and leaves what people wrote between the marks."""
    folder = _keep(incident())
    command("last")
    path = folder / "chaos.md"
    before = path.read_text()
    command("last")
    assert path.read_text() == before
    asked = "OPEN QUESTION (service team): What came of it, and which action follows?"
    path.write_text(before.replace(asked, "The alert rang after 70 s."))
    command("last")
    assert "The alert rang after 70 s." in path.read_text()


def test_healthy_logs_have_no_plan(command: Command) -> None:
    """Without an incident there is nothing to find."""
    _keep(no_incident())
    code, _, said = command("last")
    assert (code, "found an analysis that found none" in said) == (2, True)


_GOOD = """
[[experiment]]
title = "a"
fault = "b {service}"
hypothesis = "c"
blast = "d"
abort = "e"
inject = ["f"]
observe = ["g"]
rollback = ["h"]
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_GOOD.replace("blast =", "blats ="), "unknown key 'blats'; did you mean 'blast'?"),
        (_GOOD.replace("{service}", "{servce}"), "fault: unknown slot {servce}; did you mean 'service'?"),
        (_GOOD.replace('["h"]', '"h"'), "rollback: expected a list of texts, found 'h'"),
        (_GOOD.replace('"d"', '" "'), "blast: expected a text, found ' '"),
        ("lab = []\n", "experiment: expected [[experiment]] tables, found None"),
        ("lba = ['x']\n", "unknown key 'lba'; did you mean 'lab'?"),
    ],
)
def test_file_that_breaks_the_contract_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The message names the file, the key and the nearest name."""
    path = tmp_path / "disk_full.toml"
    path.write_text(text)
    with pytest.raises(RuleError) as error:
        read_experiments(path)
    assert str(error.value) == f"{path}: {said}"
