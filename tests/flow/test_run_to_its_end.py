"""``hotfix run --deploy`` to its end: a real service, its real HAProxy, a real incident, an operator at a terminal."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hotfix.flow.contract import StepName
from tests.flow.stocksite import ASKED, READY, StockSite, run_stock_site, see_versions
from tests.flow.ways import find_faults, go, list_links

_GOES_ON = ("--incident", "last", "--yes-to-documents")
_TRAIL = {
    *("index.md", "diagnosis.md", "report.html", "report.json", "patch.md", "patch.diff", "patch.json"),
    *("test-report.md", "test.json", "deployment-plan.md", "deployment-plan.json", "rollout.jsonl"),
    *("rca.md", "actions.jsonl", "events.jsonl", "run.jsonl"),
}


@dataclass(frozen=True, slots=True)
class _Gone:
    """How the way from the logs to the end went, once nothing of it runs any more."""

    code: int
    shown: str
    kinds: list[str]  # of the journal of the rollout
    texts: dict[str, str]  # every file of the folder
    dead_links: list[str]
    faults: list[str]
    versions: set[str | None]  # that answered in the end
    lost: int  # requests that nobody answered


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StockSite]:
    """Give the ways of this file one site."""
    with run_stock_site(tmp_path_factory.mktemp("stock")) as made:
        yield made


@pytest.fixture(scope="module")
def gone(site: StockSite) -> _Gone:
    """Go the whole way: when it asks for the rollout, the new version is built from the patch, started, let through."""
    order = ("logs", "--repo", "stock", "--no-model", "--yes-to-documents", "--deploy")
    with site.open_run(*order) as terminal:
        terminal.read_until(ASKED)
        site.keep()
        with site.run_new(), site.load() as load:
            terminal.type("y\n")
            terminal.read_until(READY)
            terminal.type("go\n")
            code = terminal.end()
            versions, lost = see_versions(load), len(load.lost)
    folder = site.incident
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    dead = [link for path in folder.glob("*.md") for link in list_links(path) if not (folder / link).exists()]
    return _Gone(code, terminal.shown, site.kinds, texts, dead, find_faults(site.path), versions, lost)


@pytest.fixture
def asked(site: StockSite, gone: _Gone) -> StockSite:
    """Return the site as it was when the rollout was asked for."""
    assert gone.kinds
    site.begin_anew()
    return site


def _read_steps(index: str) -> dict[str, tuple[str, str]]:
    """Return status and sentence of each step that an index tells of."""
    rows = re.findall(r"^\| (\w+) \| ([\w ]+) \| (.+) \| .+ \|$", index, re.MULTILINE)
    return {step: (status, said) for step, status, said in rows if step in set(StepName)}


def _read_events(journal: str) -> list[tuple[str, bool]]:
    """Return what the journal of an incident tells in order, and whether it was achieved."""
    return [(line["kind"], line["done"]) for line in map(json.loads, journal.splitlines())]


def test_rollout_is_carried_out_to_its_end(gone: _Gone) -> None:
    """Every request reaches the version that was built from the patch, phase by phase, and none is lost."""
    assert gone.kinds == ["begun", "moving", "moved", "said", "moving", "moved"], gone.shown
    assert (gone.code, gone.versions, gone.lost) == (1, {"new"}, 0), gone.shown


def test_folder_is_a_complete_trail(gone: _Gone) -> None:
    """Every document is there, whole and linked; each step is done; index and review know of the rollout's end."""
    assert (set(gone.texts), gone.dead_links, gone.faults) == (_TRAIL, [], [])
    index, review = gone.texts["index.md"], gone.texts["rca.md"]
    assert {step: status for step, (status, _) in _read_steps(index).items()} == dict.fromkeys(StepName, "done")
    assert "Nothing is left to do by a program" in index
    assert ("- **Where it stands:** resolved" in index, "- **Now:** resolved" in review) == (True, True)
    assert _read_events(gone.texts["events.jsonl"])[-2:] == [("mitigated", True), ("resolved", True)]
    assert all(moved in review for moved in ("Send 40 % of the requests", "Send 100 % of the requests"))


def test_plan_and_review_tell_the_same_times(gone: _Gone) -> None:
    """Both tell wall time: what was waited for counts in either."""
    planned = re.findall(
        r"^\| (diagnosis|fix|test) \| \d+ min \| (.+), within \|$", gone.texts["deployment-plan.md"], re.MULTILINE
    )
    reviewed = re.findall(
        r"^\| (Diagnosis|Fix|Test) \| (.+) of \d+ min at P\d: within \|$", gone.texts["rca.md"], re.MULTILINE
    )
    assert planned == [(step.lower(), took) for step, took in reviewed]
    assert len(planned) == len(("diagnosis", "fix", "test"))


def test_bad_canary_is_taken_back_and_index_and_review_say_so(asked: StockSite) -> None:
    """The new version was started with a setting of another house: it goes back by itself, and the incident is open."""
    with asked.run_new(lanes=("attic",)), asked.load() as load:
        with asked.open_run(*_GOES_ON, "--deploy") as terminal:
            terminal.read_until(ASKED)
            terminal.type("y\n")
            assert terminal.end() == 1, terminal.shown
        assert (see_versions(load), load.lost) == ({"old"}, [])
    assert asked.kinds == ["begun", "moving", "moved", "going back", "rolled back"]
    index, review = ((asked.incident / name).read_text("utf-8") for name in ("index.md", "rca.md"))
    status, said = _read_steps(index)["deploy"]
    assert (status, said.startswith("rolled back: ")) == ("refused", True)
    assert said.endswith(f"; find out why; hotfix deploy run {asked.incident.name} begins another")
    assert ("- **Where it stands:** open" in index, "- **Now:** open" in review) == (True, True)
    assert re.search(r"^\| A rollout was rolled back: .+ \| Find out why \|$", review, re.MULTILINE)
    assert "Add a test for what the canary showed" in review
    assert find_faults(asked.path) == []


def test_rollout_that_is_killed_is_gone_on_with(asked: StockSite) -> None:
    """SIGKILL while it is watched: whoever goes on without --deploy is told of it, who goes on with it ends it."""
    with asked.run_new(), asked.load() as load:
        with asked.open_run(*_GOES_ON, "--deploy") as terminal:
            terminal.read_until(ASKED)
            terminal.type("y\n")
            terminal.read_until(READY)
            terminal.kill()
        assert (see_versions(load), find_faults(asked.path)) == ({"old", "new"}, [])
        assert go(asked.path, "run", *_GOES_ON).returncode == 1
        name, index = asked.incident.name, (asked.incident / "index.md").read_text("utf-8")
        status, said = _read_steps(index)["deploy"]
        told = f"and nobody watches it: hotfix deploy rollback {name} sends all requests back; it was not gone on with"
        assert (status, said.partition(", for ")[0]) == (
            "failed",
            f"a rollout is under way in phase 1 (approval), {told}",
        )
        assert f"To go on: `hotfix run --incident {name} --deploy`" in index
        with asked.open_run(*_GOES_ON, "--deploy") as terminal:
            shown = terminal.read_until(ASKED)
            terminal.type("y\n")
            terminal.read_until(READY)
            terminal.type("go\n")
            assert terminal.end() == 1, terminal.shown
        assert "go on from what is true now, for a rollout is under way in phase 1 (approval)" in shown
        assert (see_versions(load), load.lost) == ({"new"}, [])
    assert asked.kinds == ["begun", "moving", "moved", "resumed", "said", "moving", "moved"]
    steps = _read_steps((asked.incident / "index.md").read_text("utf-8"))
    assert {step: status for step, (status, _) in steps.items()} == dict.fromkeys(StepName, "done")
    assert find_faults(asked.path) == []
