"""``hotfix agent`` as a user runs it: each step through a process that is really held."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.agents.filing import file_diagnosis
from hotfix.cli.program import run
from hotfix.core.errors import InputError
from hotfix.report.files import write_incident
from tests.incidents import json_flag
from tests.learn.commands import run_hotfix
from tests.model.tiny import write_tiny
from tests.report.analyses import incident
from tests.site import Site

_FIVE = ("bug-diagnostician", "deployment-coordinator", "hotfix-tester", "incident-analyzer", "patch-developer")
_QUOTES = "put what is no path in double quotes"
_POLICY = "of the day of the last record, UTC"
_REQUEST = "What broke in logs/ since 09:00 in the checkout service, about 30 % of payments (P1)?"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with logs and a model, in which a diagnostician was asked; what it said lies beside them."""
    folder = tmp_path_factory.mktemp("project")
    site = Site(3, minutes=15)
    json_flag(site)
    site.save(folder / "logs")
    model = write_tiny(folder / "tiny.gguf")
    assert run_hotfix(folder, "model", "add", str(model), "--name", "tiny").returncode == 0
    done = run_hotfix(folder, "agent", "bug-diagnostician", _REQUEST, "--json")
    (folder / "said").mkdir()
    (folder / "said" / "out").write_text(done.stdout)
    (folder / "said" / "err").write_text(done.stderr)
    (folder / "said" / "code").write_text(str(done.returncode))
    return folder


def test_diagnosis_of_a_held_process_lies_in_the_folder_of_the_incident(project: Path) -> None:
    """The reports and the journal are there, as of ``hotfix analyze``; nothing is left beside them."""
    said = project / "said"
    assert (said / "code").read_text() == "1"
    (folder,) = (project / ".hotfix" / "incidents").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        "diagnosis.md", "events.jsonl", "report.html", "report.json"
    ]  # fmt: skip
    kinds = [json.loads(line)["kind"] for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    assert kinds == ["detected", "diagnosed"]
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["command"] == "hotfix analyze logs/ --since 09:00:00 --service checkout"
    assert report["incident"]["id"] == folder.name
    assert [path.name for path in (project / ".hotfix").iterdir()] == ["incidents"]


def test_what_was_understood_is_told_first_and_stands_in_the_json(project: Path) -> None:
    """Standard error says what was understood, what is not used and what is ignored; JSON says the same."""
    told = (project / "said" / "err").read_text().splitlines()
    assert told[:3] == [
        f"hotfix: bug-diagnostician understood: logs logs/, since 09:00:00 ({_POLICY}), service checkout",
        "hotfix: not used by this step: rate 30 %, severity P1",
        "hotfix: ignored: What broke about payments",
    ]
    assert told[3].startswith("hotfix: held by Landlock: writes only into a temporary folder; starts python")
    found = json.loads((project / "said" / "out").read_text())
    result = found.pop("result")
    assert result["diagnosis"]["category"] == "feature_flag"
    assert {key: found[key] for key in ("agent", "step", "understood", "unused", "ignored", "command")} == {
        "agent": "bug-diagnostician",
        "step": "diagnose",
        "understood": [
            {"kind": "logs", "value": "logs/"},
            {"kind": "since", "value": "09:00:00"},
            {"kind": "service", "value": "checkout"},
        ],
        "unused": [{"kind": "rate", "value": "30 %"}, {"kind": "severity", "value": "P1"}],
        "ignored": ["What", "broke", "about", "payments"],
        "command": "hotfix analyze logs/ --since 09:00:00 --service checkout",
    }


def test_held_process_can_ask_a_local_model(project: Path) -> None:
    """The model's own process starts and answers under the same hold; what a random one says is struck or left out."""
    result = json.loads((project / "said" / "out").read_text())["result"]
    (reason,) = [one["reason"] for one in result["skipped_stages"]]
    assert (result["model"]["name"], result["model"]["calls"]) == ("tiny", 1)
    assert reason == "in the words of templates: what held did not name service and cause"


def test_review_is_written_by_an_agent_of_the_project(project: Path) -> None:
    """An agent that only the project has does the step of its file, in the words of the project's template."""
    agent = (
        "---\nname: scribe\ndescription: d\ntools: read, write\nskills: incident-analysis\nmodel: judge\nstep: review\n"
    )
    template = Path(__file__).parents[2].joinpath("templates", "rca.md").read_text("utf-8")
    _write(project / ".hotfix" / "agents" / "scribe.md", f"{agent}---\nWrite plainly.\n")
    _write(project / ".hotfix" / "templates" / "rca.md", template.replace("# Review of", "# Our review of"))
    (folder,) = (project / ".hotfix" / "incidents").iterdir()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "events.jsonl"}
    done = run_hotfix(project, "agent", "scribe", f"Review {folder.name}")
    assert (done.returncode, f"held by Landlock: writes only into {folder} and" in done.stderr) == (0, True), (
        done.stderr
    )
    assert (folder / "rca.md").read_text("utf-8").startswith(f"# Our review of `{folder.name}`")
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_journal_that_is_a_link_out_of_the_folder_is_not_written_through(tmp_path: Path) -> None:
    """Whoever planted a link in the folder of an incident gets nothing written where it leads."""
    folder, outside = tmp_path / ".hotfix" / "incidents" / "one", tmp_path / "outside"
    write_incident(folder, incident())
    outside.write_text("kept")
    (folder / "actions.jsonl").symlink_to(outside)
    (folder / "rca.md").symlink_to(outside)
    run_hotfix(tmp_path, "agent", "incident-analyzer", "Review one")
    assert outside.read_text() == "kept"


def test_agents_are_listed_and_shown(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a name all agents are listed; one that is shown names the files that are in force."""
    monkeypatch.chdir(project)
    _write(Path(".hotfix/skills/bug-diagnosis.md"), "---\nname: bug-diagnosis\ndescription: d\n---\nOurs.\n")
    assert run(["agent", "--json"]) == 0
    listed = {one["name"]: one["step"] for one in json.loads(capsys.readouterr().out)}
    assert listed | {"bug-diagnostician": "diagnose", "hotfix-tester": "test"} == listed
    assert run(["agent", "bug-diagnostician", "--show"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1] == "  step diagnose; tools read, grep, glob; model judge"
    assert shown[2].endswith("/templates/agents/bug-diagnostician.md")
    assert shown[3] == "  skill     .hotfix/skills/bug-diagnosis.md"


def test_interrupted_agent_leaves_no_process_and_no_file(project: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the held process, too: nothing of it goes on, and its temporary folder is gone."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "logs").symlink_to(project / "logs")
    process = subprocess.Popen(
        [sys.executable, "-m", "hotfix", "agent", "bug-diagnostician", "what broke in logs"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "temporary")},
    )
    assert process.stderr is not None
    while "runs: " not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    process.stderr.close()
    assert (list((tmp_path / "temporary").iterdir()), list((tmp_path / ".hotfix").glob("*"))) == ([], [])
    for left in (place for place in Path("/proc").glob("[0-9]*/cwd") if os.path.realpath(place) == str(tmp_path)):
        assert _ends(int(left.parent.name))


def _ends(process: int) -> bool:
    """Wait for the end of a process that is not our child."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(process)
        try:
            return bool(select.select([handle], [], [], 60)[0])
        finally:
            os.close(handle)
    return True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bug-diagnostican", "x"],
         f"expected an agent, one of {', '.join(_FIVE)}, found 'bug-diagnostican'; did you mean 'bug-diagnostician'?"),
        (["hotfix-tester"],
         "expected a request in plain words behind hotfix-tester, found none; see hotfix agent --help"),
        (["bug-diagnostician", "read log/"],
         f"expected a path that exists in the request, found 'log/'; did you mean 'logs'?; {_QUOTES}"),
        (["incident-analyzer", "Review it"],
         "expected an incident at 'last', found none here; hotfix analyze writes one to .hotfix/incidents/"),
    ],
)  # fmt: skip
def test_mistake_of_a_request_is_one_sentence(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An unknown agent, no request, a path and an incident that there is not end with code 2 and a near name."""
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    assert (run(["agent", *words]), capsys.readouterr().err) == (2, f"hotfix: {said}\n")


def test_fault_of_an_own_template_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An agent is not started while a file of the project is faulty."""
    monkeypatch.chdir(tmp_path)
    _write(Path(".hotfix/templates/rca.md"), "# {{ incident.id }}\n{{ incidnt }}\n")
    assert run(["agent", "incident-analyzer", "Review"]) == 2
    assert (
        capsys.readouterr().err
        == "hotfix: .hotfix/templates/rca.md:2: unknown name 'incidnt'; did you mean 'incident'?\n"
    )


def test_rollout_is_handed_to_its_own_command(tmp_path: Path) -> None:
    """With leave and a plain request the process becomes ``hotfix deploy run``, which then says what it lacks."""
    write_incident(tmp_path / ".hotfix" / "incidents" / "one", incident())
    done = run_hotfix(tmp_path, "agent", "deployment-coordinator", "Roll out one", "--execute")
    *told, last = done.stderr.splitlines()
    assert told[-2:] == [
        "hotfix: not held: a rollout has to reach what serves the requests", "hotfix: runs: hotfix deploy run one"
    ]  # fmt: skip
    assert (done.returncode, "hotfix.toml: expected a configuration" in last) == (2, True)


def test_id_of_an_incident_that_would_lead_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A held process cannot make its report land in another folder by what it calls the incident."""
    monkeypatch.chdir(tmp_path)
    whole = incident()
    assert whole.incident is not None
    write_incident(Path("draft"), replace(whole, incident=replace(whole.incident, id="../../elsewhere")))
    with pytest.raises(
        InputError, match=r"^draft/report\.json: expected an id that can name a folder, found '\.\./\.\./else"
    ):
        file_diagnosis(Path("draft"), "hotfix analyze", lambda _text: None)
    assert [path.name for path in tmp_path.iterdir()] == ["draft"]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
