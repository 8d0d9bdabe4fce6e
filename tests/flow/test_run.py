"""``hotfix run`` from logs and a repository to the review, and on from wherever it stands."""

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

from hotfix.core.text import format_time
from hotfix.flow.lock import hold_incident
from hotfix.flow.now import tell_time
from tests.flow.ways import (
    PATIENCE_S,
    SAMPLE,
    Place,
    find_faults,
    go,
    list_ends,
    list_links,
    tell_environment,
    write_logs,
)


def _steps(answer: dict[str, object]) -> dict[str, tuple[str, bool]]:
    steps = answer["steps"]
    assert isinstance(steps, list)
    return {one["step"]: (one["status"], one["kept"]) for one in steps}


def test_way_leads_from_logs_to_the_review(gone: Place) -> None:
    """Every step says what came of it, and its document lies in one folder with an index whose links all resolve."""
    assert _steps(gone.answer) == {
        "diagnose": ("done", False),
        "patch": ("done", False),
        "test": ("done", False),
        "plan": ("done", False),
        "deploy": ("skipped", False),
        "review": ("done", False),
    }
    index = gone.incident / "index.md"
    links = list_links(index)
    assert {"diagnosis.md", "patch.md", "patch.diff", "test-report.md", "deployment-plan.md", "rca.md"} <= set(links)
    assert [link for link in links if not (gone.incident / link).is_file()] == []
    assert find_faults(gone.path) == []


def test_index_tells_status_clock_and_what_is_not_known(gone: Place) -> None:
    """Whoever opens the folder sees how far it is, how long it took, what is missing, and whom the review asks."""
    text, answer = (gone.incident / "index.md").read_text("utf-8"), gone.answer
    rows = re.findall(r"^\| (\w+) \| ([\w ]+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    statuses = {name: status for name, (status, _) in _steps(answer).items()}
    assert {name: status for name, status, *_ in rows if name in statuses} == statuses
    assert re.search(r"^\| diagnosis \| .+ of 15 min at P0: within \|$", text, re.MULTILINE)
    unknown = answer["unknown"]
    assert isinstance(unknown, list)
    assert len(re.findall(r"^- (?:Diagnosis|Test|Rollout|Review)\b", text, re.MULTILINE)) == len(unknown) > 0


def test_each_gate_says_what_it_lets_through(gone: Place) -> None:
    """Before each step that is done standard error says what it will do; the clock follows it."""
    said = (gone.path / "said.txt").read_text("utf-8")
    gates = re.findall(r"^(\w+): it will ", said, re.MULTILINE)
    assert gates == ["patch", "test", "plan", "review"]
    assert re.search(r"^clock +test .+ of 15 min at P0: within; total .+ of 75 min at P0: within$", said, re.MULTILINE)


def test_going_again_keeps_what_holds(gone: Place) -> None:
    """The same command over the same logs does nothing twice: no event, no step, no document is new."""
    before = {path.name: path.read_bytes() for path in gone.incident.iterdir() if path.name != "index.md"}
    order = ("--no-model", "--repo", str(SAMPLE / "repo.bundle"), "--json")
    done = go(gone.path, "run", str(SAMPLE / "logs"), *order)
    assert done.returncode == 1, done.stderr
    kept = {name for name, (_, kept) in _steps(json.loads(done.stdout)).items() if kept}
    assert kept == {"diagnose", "patch", "test", "plan", "review"}
    assert {path.name: path.read_bytes() for path in gone.incident.iterdir() if path.name != "index.md"} == before


def test_step_whose_inputs_changed_is_done_again(gone: Place) -> None:
    """A new configuration makes a new plan, and a new plan a new review; patch and tests still hold."""
    (gone.path / "hotfix.toml").write_text('[deploy]\nstrategy = "rolling"\n', "utf-8")
    done = go(gone.path, "run", "--incident", "last", "--yes-to-documents", "--json")
    again = {name for name, (_, kept) in _steps(json.loads(done.stdout)).items() if not kept}
    assert (done.returncode, again) == (1, {"plan", "deploy", "review"})


def test_patch_made_by_hand_counts(gone: Place) -> None:
    """A patch of the command of its name is kept, and what rests on it is done again: here there is none to test."""
    before = list_ends(gone.incident)
    events = gone.incident / "events.jsonl"
    (gone.incident / "patch.diff").unlink()
    now = format_time(tell_time())
    line = json.loads(next(one for one in events.read_text("utf-8").splitlines() if '"patched"' in one))
    with events.open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(line | {"time": now, "recorded_at": now}) + "\n")
    done = go(gone.path, "run", "--incident", "last", "--yes-to-documents", "--json")
    steps = _steps(json.loads(done.stdout))
    assert (steps["patch"], steps["test"]) == (("done", True), ("skipped", False))
    assert "patch" not in list_ends(gone.incident)[len(before) :]


def test_nobody_there_to_ask_stops_before_the_next_step(tmp_path: Path) -> None:
    """Without a terminal and without consent the diagnosis is made, the plan is not; a sentence says how to go on."""
    done = go(tmp_path, "run", write_logs(tmp_path), "--no-model", "--json")
    answer, folder = json.loads(done.stdout), Place(tmp_path).incident
    assert (done.returncode, answer["stopped"]["before"], answer["go_on"]) == (
        1,
        "plan",
        f"hotfix run --incident {folder.name}",
    )
    assert done.stderr.splitlines()[-1] == (
        f"hotfix: stopped before plan: nobody was there to ask; go on at a terminal with hotfix run --incident "
        f"{folder.name}, or add --yes-to-documents"
    )
    assert not (folder / "deployment-plan.md").exists()
    assert f"To go on: `hotfix run --incident {folder.name}`" in (folder / "index.md").read_text("utf-8")


def test_healthy_logs_need_no_way(tmp_path: Path) -> None:
    """Where nothing is wrong it says so, leaves no folder and ends with 0."""
    (tmp_path / "app.log").write_text("".join(f"2026-01-15 14:{at:02}:00 INFO served\n" for at in range(60)), "utf-8")
    done = go(tmp_path, "run", "app.log", "--no-model", "--yes-to-documents")
    assert (done.returncode, done.stdout.startswith("diagnose  done")) == (0, True)
    assert not (tmp_path / ".hotfix" / "incidents").exists()


def _configure_rollout(place: Place) -> Path:
    """Let a flag file move the traffic, and logs of both versions be watched; return the flag file."""
    share, stamp = place.path / "share", tell_time().strftime("%Y-%m-%d %H:%M:%S")
    share.write_text("0\n", "utf-8")
    for version in ("new", "old"):
        (place.path / f"{version}.log").write_text(f"{stamp} INFO served\n" * 20, "utf-8")
    (place.path / "hotfix.toml").write_text(
        '[deploy.traffic]\nprovider = "flagfile"\nfile = "share"\nformat = "plain"\n'
        '[deploy.monitor]\nsource = "logs"\nnew = "new.log"\nold = "old.log"\n',
        "utf-8",
    )
    return share


def test_rollout_asks_even_who_says_yes_to_documents(gone: Place) -> None:
    """A rollout changes production: --yes-to-documents does not let it through, and no request is moved."""
    share = _configure_rollout(gone)
    done = go(gone.path, "run", "--incident", "last", "--deploy", "--yes-to-documents")
    assert done.returncode == 1, done.stderr
    assert "deploy: it will CHANGE PRODUCTION" in done.stderr
    assert "stopped before deploy: at a terminal, hotfix run" in done.stderr
    assert share.read_text("utf-8") == "0\n"


def test_rollout_rests_on_a_plan_of_now(gone: Place) -> None:
    """Where the plan cannot be made with the configuration of now, the one of before lets no rollout begin."""
    _configure_rollout(gone)
    with (gone.path / "hotfix.toml").open("a", encoding="utf-8") as configuration:
        configuration.write("surprise = 1\n")
    done = go(gone.path, "run", "--incident", "last", "--deploy", "--yes-to-documents", "--json")
    answer = json.loads(done.stdout)
    steps = _steps(answer)
    assert (done.returncode, steps["plan"], steps["deploy"]) == (1, ("failed", False), ("skipped", False))
    assert "deployment-plan.json here is of an earlier state" in done.stderr


def test_second_run_of_an_incident_is_told_of_the_first(gone: Place) -> None:
    """Two runs never go the same way at once; the second ends with one sentence. What a killed one began is cleared."""
    dead = subprocess.Popen(["true"])
    dead.wait()
    draft = gone.incident / f".rca.md.{dead.pid}.part"
    draft.write_text("# Rev", "utf-8")
    with hold_incident(gone.incident):
        assert not draft.exists()
        done = go(gone.path, "run", "--incident", "last", "--yes-to-documents")
    assert done.returncode == 1
    assert done.stderr == (
        f"hotfix: expected nobody else to go the way of {gone.incident.name}, found another hotfix run at it; "
        "let it end, or stop it, and run this again\n"
    )


def test_two_shells_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two runs over the same logs, begun together, and a note among them: all that each did stands in whole files."""
    command = [sys.executable, "-m", "hotfix", "run", write_logs(tmp_path), "--no-model", "--yes-to-documents"]
    shells = [
        subprocess.Popen(
            command,
            cwd=tmp_path,
            env=tell_environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    said = [shell.communicate(timeout=PATIENCE_S)[1].decode() for shell in shells]
    assert [shell.returncode for shell in shells] == [1, 1], said
    place = Place(tmp_path)
    assert go(tmp_path, "incidents", "note", place.incident.name, "seen by both").returncode == 0
    assert find_faults(tmp_path) == []
    assert set(list_ends(place.incident)) == {"diagnose", "plan", "review"}
    events = (place.incident / "events.jsonl").read_text("utf-8")
    assert events.count('"kind": "detected"') == 1
    assert "seen by both" in events


def _answer(place: Path, word: str, *options: str) -> tuple[int, str]:
    """Go on at a real terminal, and answer every question with a word."""
    mine, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "hotfix", "run", "--incident", "last", *options],
        cwd=place,
        env=tell_environment(place),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while select.select([mine], [], [], PATIENCE_S)[0]:
        try:
            data = os.read(mine, 4096)
        except OSError:  # the program has ended
            break
        shown += data
        if shown.endswith(b"[y/N]: "):
            os.write(mine, word.encode() + b"\n")
            shown += b"<asked>"
    os.close(mine)
    return running.wait(PATIENCE_S), shown.decode()


def test_gate_is_opened_and_shut_at_a_terminal(gone: Place) -> None:
    """`n` leaves the step undone and says how to go on; `y` does it; both are asked once."""
    review = gone.incident / "rca.md"
    review.unlink()
    code, shown = _answer(gone.path, "n")
    assert (code, shown.count("<asked>"), review.exists()) == (1, 1, False), shown
    assert "nothing of it was done; go on with hotfix run --incident" in shown
    code, shown = _answer(gone.path, "y")
    assert (code, shown.count("<asked>"), review.exists()) == (1, 1, True), shown


def test_rollout_is_carried_out_once_it_is_let_through(gone: Place) -> None:
    """At a terminal `y` begins it; here it is refused, for nobody hears the old version, and the review follows."""
    share, config = _configure_rollout(gone), gone.path / "hotfix.toml"
    config.write_text("[deploy]\ncheck_s = 1\nblind_after_s = 2\n" + config.read_text("utf-8"), "utf-8")
    code, shown = _answer(gone.path, "y", "--deploy", "--yes-to-documents")
    assert (code, shown.count("<asked>"), share.read_text("utf-8")) == (1, 1, "0\n"), shown
    assert re.search(r"deploy +failed +expected the monitoring to hear the old version within 2.0 s", shown), shown
    assert re.search(r"review +done +the review is written", shown), shown


def test_logs_or_an_incident_and_not_both(tmp_path: Path) -> None:
    """Neither logs nor an incident, or both, is wrong usage."""
    for arguments in ((), ("app.log", "--incident", "last")):
        done = go(tmp_path, "run", *arguments)
        assert (done.returncode, done.stderr) == (
            2,
            "hotfix: expected logs, or --incident with one to go on with; see hotfix run --help\n",
        )


def test_repository_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    """A mistyped path costs no diagnosis."""
    done = go(tmp_path, "run", "app.log", "--repo", "nowhere")
    assert (done.returncode, "'--repo'" in done.stderr, "does not exist" in done.stderr) == (2, True, True)
