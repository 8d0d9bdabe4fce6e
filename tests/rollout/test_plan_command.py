"""``hotfix deploy plan`` as a user runs it, on recorded incidents, and in front of a real HAProxy."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback import wait_until
from tests.rollout.balancers import run_haproxy
from tests.rollout.plans import going_forward, patched, verified, write_folder
from tests.rollout.services import Load, count_versions, heed_signals, run_pair

_ROOT = Path(__file__).parents[2]
_SAMPLES = (
    "python-null-after-release",
    "column-missing-after-migration",
    "pool-shrunk-by-config",
    "partner-sends-null",
)
_PATCHED = "partner-sends-null"
_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX|N/A|None|nan)\b|\{\{|\}\}|\{%|<(?!\\\*)[^>\n]+>")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_PLACE = re.compile(r"[\w./-]*/[\w.-]+\.\w+:\d+")


def _run(*arguments: str | Path, folder: Path = _ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hotfix", *map(str, arguments)]
    environment = os.environ | {"NO_COLOR": "1", "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the analyses of some recorded incidents, one of them patched and tested."""
    folder = tmp_path_factory.mktemp("incidents")
    for name in _SAMPLES:
        assert _run("analyze", f"sample_logs/{name}/logs", "--out", folder / name).returncode == 1
    repo = f"sample_logs/{_PATCHED}/repo.bundle"
    for step in (("patch", "--no-model"), ("test",)):
        assert _run(step[0], folder / _PATCHED, "--repo", repo, *step[1:]).returncode == 0
    return folder


@pytest.mark.parametrize("name", _SAMPLES)
def test_recorded_incident_gets_a_whole_plan(analysed: Path, tmp_path: Path, name: str) -> None:
    """Every section is filled; every time, and every place in a log or in code, is one that the steps before wrote."""
    done = _run("deploy", "plan", analysed / name, "--config", tmp_path, "--json")
    plan, document = json.loads(done.stdout), (analysed / name / "deployment-plan.md").read_text()
    assert done.returncode == (0 if name == _PATCHED else 1)
    assert plan["decision"]["go"] == ("NOT YET" if name == _PATCHED else "NO-GO")
    parts = re.split(r"(?m)^## .+$", document)
    assert (len(parts), [part for part in parts if len(part.strip()) < 40]) == (13, [])
    assert _PLACEHOLDER.findall(document) == []
    sources = "".join(path.read_text() for path in (analysed / name).glob("*.json") if "plan" not in path.name)
    assert set(_TIME.findall(document)) <= {*_TIME.findall(sources), plan["created_at"]}
    assert [place for place in _PLACE.findall(document) if place not in sources] == []


def test_release_that_broke_it_is_taken_back_instead(analysed: Path, tmp_path: Path) -> None:
    """Where the diagnosis says roll back, the plan begins with that."""
    done = _run("deploy", "plan", analysed / "python-null-after-release", "--config", tmp_path)
    first, second = done.stdout.splitlines()[:2]
    assert first.startswith("NO-GO: the diagnosis says roll back rather than patch: ")
    assert (second, done.returncode) == ("Roll back orders from 2.15.0 to 2.14.1", 1)


@pytest.fixture
def balanced(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """Return a folder with a hotfix.toml and an approved patch, and the port of a HAProxy before two versions."""
    write_folder(tmp_path / "incident", going_forward(), patched(), verified())
    with run_pair(tmp_path) as (new, old):
        servers = {"old": old.address, "new": f"{new.address} weight 0"}
        with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
            (tmp_path / "hotfix.toml").write_text(
                f'[deploy.traffic]\nprovider = "haproxy"\nsocket = "{haproxy.socket}"\nbackend = "shop"\nnew = "new"\n'
            )
            yield tmp_path, haproxy.port


def test_plan_moves_nothing(balanced: tuple[Path, int]) -> None:
    """Without --rehearse the provider is asked, and every request stays where it is."""
    folder, port = balanced
    with Load(port) as load:
        done = _run("deploy", "plan", "incident", "--json", folder=folder)
        answers = load.wait_for(50)
    plan = json.loads(done.stdout)
    assert (plan["rehearsal"]["passed"], plan["rehearsal"]["moved"]) == (True, None)
    assert set(count_versions([*load.answers, *answers])) == {"old"}


def test_rehearsal_is_recorded(balanced: tuple[Path, int]) -> None:
    """With --rehearse and consent a share moves and comes back; the document has the seconds; no request is lost."""
    folder, port = balanced
    with Load(port) as load:
        done = _run("deploy", "plan", "incident", "--rehearse", "--yes", "--json", folder=folder)
        answers = load.wait_for(50)
    rehearsal = json.loads(done.stdout)["rehearsal"]
    document = (folder / "incident" / "deployment-plan.md").read_text()
    assert f"all of them were back and read back in {rehearsal['back_s']:.3f} s." in document
    assert (load.lost, set(count_versions(answers))) == ([], {"old"})


def test_rehearsal_asks_first(balanced: tuple[Path, int]) -> None:
    """Without an answer nothing moves and nothing is written."""
    folder, _port = balanced
    done = _run("deploy", "plan", "incident", "--rehearse", folder=folder)
    assert (done.returncode, "and back? [y/N]" in done.stderr, "hotfix: stopped" in done.stderr) == (130, True, True)
    assert not (folder / "incident" / "deployment-plan.md").exists()


_SLOW_SWITCH = """#!/bin/sh
case "$1" in
set) read -r order; echo "$order" | sed 's/.*"share": \\([0-9.]*\\).*/\\1/' > share
     until grep -q '^0.0$' share || test -e go; do sleep 0.05; done;;
read) echo "{\\"share\\": $(cat share)}";;
*) exit 3;;
esac
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_rehearsal_that_is_interrupted_sends_everything_back(tmp_path: Path, number: signal.Signals) -> None:
    """Also where the process is told to end, or its terminal is lost, while a share is at the new version."""
    write_folder(tmp_path / "incident", going_forward(), patched(), verified())
    share, script = tmp_path / "share", tmp_path / "switch.sh"
    share.write_text("0.0\n")
    script.write_text(_SLOW_SWITCH)
    script.chmod(0o755)
    (tmp_path / "hotfix.toml").write_text('[deploy.traffic]\nprovider = "command"\ncommand = "./switch.sh"\n')
    command = [sys.executable, "-m", "hotfix", "deploy", "plan", "incident", "--rehearse", "--yes"]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        preexec_fn=heed_signals,  # noqa: PLW1509  # before the program begins
    )
    wait_until(lambda: share.read_text() == "0.01\n", "a share to be at the new version")
    running.send_signal(number)
    assert (running.wait(120), share.read_text()) == (130, "0.0\n")


def test_rehearsal_of_a_refused_change_is_refused(tmp_path: Path) -> None:
    """No request is sent to a version that must not go live."""
    write_folder(tmp_path / "incident", going_forward(), patched())
    (tmp_path / "canary").write_text("0")
    (tmp_path / "hotfix.toml").write_text('[deploy.traffic]\nprovider = "flagfile"\nfile = "canary"\n')
    done = _run("deploy", "plan", "incident", "--rehearse", "--yes", folder=tmp_path)
    assert (done.returncode, (tmp_path / "canary").read_text()) == (2, "0")
    assert "found a NO-GO; plan without --rehearse says why" in done.stderr


def test_monitoring_that_is_configured_wrong_is_told(tmp_path: Path) -> None:
    """The table of the monitoring is read when the plan is made, and its fault told with file and line."""
    write_folder(tmp_path / "incident", going_forward(), patched(), verified())
    (tmp_path / "hotfix.toml").write_text('[deploy.monitor]\nsource = "promeheus"\n')
    done = _run("deploy", "plan", "incident", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("hotfix: hotfix.toml:2: expected one of logs, prometheus for deploy.monitor.source")


def test_exports_lie_beside_the_plan(tmp_path: Path) -> None:
    """--manifests writes a file for each tool; an unknown one is refused with a near name."""
    write_folder(tmp_path / "incident", going_forward(), patched(), verified())
    done = _run("deploy", "plan", "incident", "--manifests", "argo,flagger", "--json", folder=tmp_path)
    names = json.loads(done.stdout)["manifests"]
    assert [(tmp_path / "incident" / name).exists() for name in names] == [True, True]
    wrong = _run("deploy", "plan", "incident", "--manifests", "flager", folder=tmp_path)
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "hotfix: --manifests: expected some of argo, flagger, found 'flager'; did you mean 'flagger'?\n",
    )
