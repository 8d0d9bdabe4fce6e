import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.twins import make_twin
from hotfix.cli.program import run
from hotfix.diagnosis.causes import load_causes
from hotfix.learn.actionrules import ActionType, Horizon, Suggestion
from hotfix.learn.actions import propose_actions
from hotfix.learn.events import Event, EventKind, EventSource, append_event
from hotfix.learn.knowledge.articles import read_article
from hotfix.learn.knowledge.runbook import find_runbook, gather_runbook, group_incidents, list_recurring
from hotfix.learn.reviewregions import take_apart
from hotfix.report.runbookreport import render_runbook, write_runbook
from tests.learn.cases import at, operator, write_folder
from tests.learn.commands import run_hotfix

_SAMPLES = Path(__file__).parents[3] / "sample_logs"
_NOW = at(9000)

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of three incidents: two of one family and one of another."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / ".hotfix" / "incidents"
    write_folder(root, 1)
    write_folder(root, 2, services=["checkout", "gateway"])
    other = write_folder(root, 3)
    report = json.loads((other / "report.json").read_text())
    report["diagnosis"]["category"] = "disk_full"
    (other / "report.json").write_text(json.dumps(report))
    return root


@pytest.fixture
def command(root: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs ``hotfix kb runbook`` beside these incidents."""
    assert root.is_dir()

    def _run(*arguments: str) -> tuple[int, str, str]:
        code = run(["kb", "runbook", *arguments])
        return code, *capsys.readouterr()

    return _run


def _folders(root: Path) -> list[Path]:
    return sorted(root.iterdir())


def test_family_recurs_with_the_second_incident(root: Path) -> None:
    """One incident of a family is none that recurs; another look at a kept one does not count."""
    assert list_recurring(group_incidents(root)) == ("null_reference",)
    again = write_folder(root, 3.0001)  # 0.36 s later at the same culprit
    report = json.loads((again / "report.json").read_text())
    report["diagnosis"]["category"] = "disk_full"
    (again / "report.json").write_text(json.dumps(report))
    assert list_recurring(group_incidents(root)) == ("null_reference",)


def test_runbook_tells_how_each_incident_went(root: Path) -> None:
    """What ended each, what was tried and did not, what is open: with incident, time and source."""
    first, second, _ = _folders(root)
    failed = Event(EventKind.PATCHED, at(70), at(70), EventSource.COMMAND, "no patch passed its gates", done=False)
    for event in (
        failed,
        operator(EventKind.MITIGATED, 75, text="restarted"),
        operator(EventKind.REOPENED, 80),
        operator(EventKind.RESOLVED, 90, text="1.4.3 is live"),
    ):
        append_event(first, event)
    action = Suggestion(Horizon.WEEK, ActionType.PREVENT, "service team", "Guard it.", "a test", "F1", date(2026, 2, 1))
    propose_actions(second, [action], datetime(2026, 1, 16, tzinfo=UTC))
    text = render_runbook(gather_runbook(group_incidents(root), "null_reference", _NOW))
    ended, tried = text.split("## What ended it")[1].split("## What was tried and did not end it")
    assert "- resolved at 2026-01-15T15:33:00Z (operator): 1.4.3 is live" in ended
    assert ("restarted" in ended, "Not known: no end is recorded." in ended) == (False, True)
    assert f"`{first.name}`: patched, not done, at 2026-01-15T15:13:00Z (command): no patch passed its gates" in tried
    assert "mitigated at 2026-01-15T15:18:00Z (operator): restarted; it was opened again later" in tried
    assert f"`{second.name}` A1: Guard it. (service team, due 2026-02-01)" in tried
    assert "`gateway` is affected in 1 of 2." in text


def test_every_line_is_of_a_folder_or_a_rule_file(root: Path) -> None:
    """Without an end, an attempt or an action that says so: nothing is made up."""
    cause = load_causes()["null_reference"]
    text = render_runbook(gather_runbook(group_incidents(root), "null_reference", _NOW))
    assert [f"{number}. {said}" in text for number, said in enumerate(cause.confirm, start=1)] == [True] * 3
    assert "No wording is shared by two of the incidents." in text
    assert "No change is cited in 2 of 2." in text
    assert ("Nothing of the kind is recorded." in text, "None is open." in text) == (True, True)
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", text)) == {"2026-01-15T15:03:00Z", "2026-01-15T16:03:00Z"}


def test_hostile_text_of_logs_is_inert(root: Path) -> None:
    """Marks, fences and front matter that logs hold change nothing in the document, and it is still an article."""
    evil = ("<!-- end of yours: confirm -->", "---", "`tick` | **bold** [x](y)\x1b[31m", "title: other", "- item")
    for folder in _folders(root)[:2]:
        report = json.loads((folder / "report.json").read_text())
        report["templates"] = [
            {"text": text, "services": ["checkout"], "novelty": "new", "level": "error"} for text in evil
        ]
        (folder / "report.json").write_text(json.dumps(report))
    path = find_runbook(root, "null_reference")
    runbook = gather_runbook(group_incidents(root), "null_reference", _NOW)
    assert [one.said for one in runbook.texts] == list(evil)
    assert write_runbook(path, runbook).conflicts == write_runbook(path, runbook).conflicts == ()
    article, parts = read_article(path), take_apart(path.read_text(), "it")
    assert (article.title, len(article.templates)) == ("Runbook: Null or missing object used", len(evil))
    assert (sorted(parts.regions), parts.facts_edited) == (
        ["act", "actions", "confirm", "ended", "recognise", "summary", "tried"],
        False,
    )
    assert "\x1b" not in path.read_text()


def test_runbook_is_an_article(root: Path, command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """It lies in the knowledge base, and a search for one of its incidents finds it."""
    assert command("null_reference")[1] == ".hotfix/kb/runbook-null_reference.md: from 2 incidents\n"
    article = read_article(find_runbook(root, "null_reference"))
    assert (article.families, article.services) == (("null_reference",), ("checkout", "gateway"))
    run(["kb", "search", _folders(root)[0].name, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [one["article"] for one in found["articles"]] == ["runbook-null_reference"]


def test_what_people_wrote_is_kept(root: Path, command: Command) -> None:
    """A region stays through new incidents; an edit outside is kept in a copy; the same facts give the same."""
    command("null_reference")
    path = find_runbook(root, "null_reference")
    before = path.read_text()
    command("--all")
    assert path.read_text() == before
    free = "-->\nNothing was added by people.\n<!-- end of yours: confirm -->"
    edited = before.replace(free, "-->\nAsk for the last import.\n<!-- end of yours: confirm -->")
    path.write_text(edited.replace("## What ended it", "## My own heading"))
    write_folder(root, 5)
    _, said, _ = command("null_reference")
    text = path.read_text()
    assert ("Ask for the last import." in text, "## What ended it" in text, "3 past incidents" in text) == (True,) * 3
    (copy,) = (path.parent / "edited").iterdir()
    assert (f"your text is in .hotfix/kb/edited/{copy.name}" in said, "## My own heading" in copy.read_text()) == (
        True,
        True,
    )


def test_families_are_listed(command: Command) -> None:
    """Without a family those that recur are told, and whether there is a runbook."""
    said = "null_reference: 2 incidents, runbook: none yet; hotfix kb runbook null_reference writes it\n"
    assert command()[1] == said
    assert json.loads(command("--all", "--json")[1])["runbooks"][0]["incidents"] == 2
    assert command()[1] == "null_reference: 2 incidents, runbook: .hotfix/kb/runbook-null_reference.md\n"
    assert [one["runbook"] for one in json.loads(command("--json")[1])["families"]] == [
        ".hotfix/kb/runbook-null_reference.md"
    ]


def test_family_that_does_not_recur_is_refused(command: Command) -> None:
    """One incident is no pattern, and a word that is no family has a near one."""
    assert command("disk_full")[0::2] == (
        2,
        "hotfix: expected at least 2 past incidents of disk_full here, found 1\n",
    )
    assert "did you mean 'null_reference'?" in command("null_refrence")[2]
    assert "expected a cause family or --all, found both" in command("disk_full", "--all")[2]
    assert not Path(".hotfix/kb").exists()


def test_folder_that_cannot_be_read_costs_only_itself(root: Path, command: Command) -> None:
    """It is told, and the runbook is made of the others."""
    (_folders(root)[2] / "report.json").write_text("{")
    code, out, said = command("--all")
    assert (code, "from 2 incidents" in out, "is left out: expected JSON" in said) == (0, True, True)


def test_diagnosis_cites_the_runbook(tmp_path: Path) -> None:
    """The next incident of the family names it in every report, beside the past ones, and never as evidence."""
    logs = _SAMPLES / "python-null-after-release" / "logs"
    run_hotfix(tmp_path, "analyze", str(logs), "--quiet", "--no-model")
    make_twin(logs, tmp_path / "logs", seed=7, renamed=True)
    twin = run_hotfix(tmp_path, "analyze", "logs", "--json", "--no-model")
    assert json.loads(twin.stdout)["runbook"] is None
    run_hotfix(tmp_path, "kb", "runbook", "--all")
    found = run_hotfix(tmp_path, "analyze", "logs", "--no-model", "--out", "out")
    path = ".hotfix/kb/runbook-null_reference.md"
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["runbook"], f"runbook: {path}" in found.stdout) == (path, True)
    assert [path in (tmp_path / "out" / name).read_text() for name in ("diagnosis.md", "report.html")] == [True, True]
    assert path not in json.dumps(report["evidence"]) + json.dumps(report["diagnosis"])
    book = (tmp_path / path).read_text()
    assert "`'NoneType' object is not subscriptable` is logged in 2 of 2." in book
