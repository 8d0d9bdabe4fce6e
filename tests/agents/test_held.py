"""What an agent's process may do is decided by the kernel: a real process tries, and is refused."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hotfix.agents.held import FAILED, Limits
from hotfix.agents.orders import Order
from hotfix.agents.rights import Guard, Hold, choose_hold
from hotfix.agents.running import hold_command
from hotfix.model.agentfiles import load_agents

_ATTEMPTS = Path(__file__).with_name("attempts.py")

_MAY = ("write own", "make own folder", "rename own", "read outside", "write to nowhere", "pair of streams")
"""What every agent may do."""

_RUNS = ("start the shell", "start a copy of the shell", "start the program")


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder of an incident, and another one beside it."""
    incident, other = tmp_path / "incidents" / "mine", tmp_path / "incidents" / "other"
    incident.mkdir(parents=True)
    other.mkdir()
    (other / "kept.txt").write_text("kept")
    return incident, other


def test_diagnostician_can_read_and_write_into_its_own_folder_alone(places: tuple[Path, Path]) -> None:
    """It writes nowhere else by any way, starts no program, opens no socket, and signals nobody."""
    found = _try(_hold("bug-diagnostician", places), places)
    assert {name for name, came in found.items() if came == "done"} == set(_MAY)
    assert _is_as_before(places)


def test_patch_developer_can_start_git_alone(places: tuple[Path, Path]) -> None:
    """Where a repository is read, git may be started besides, and nothing else."""
    found = _try(_hold("patch-developer", places, repository="."), places)
    assert {name for name, came in found.items() if came == "done"} == {*_MAY, "start the program"}
    assert _is_as_before(places)


def test_coordinator_plans_with_programs_and_network_but_writes_into_its_own_folder_alone(
    places: tuple[Path, Path],
) -> None:
    """A plan looks at what serves the requests by the commands that the configuration names."""
    found = _try(_hold("deployment-coordinator", places), places)
    opened = {"open a TCP socket", "open a UDP socket", "open a local socket", "pair of datagrams"}
    done = {name for name, came in found.items() if came == "done"}
    assert done - {"connect to the network"} == {*_MAY, *_RUNS, *opened}
    assert _is_as_before(places)


def test_tester_runs_programs_without_a_network_and_writes_into_its_own_folder_alone(
    places: tuple[Path, Path],
) -> None:
    """Who runs a project's commands is held by bubblewrap, in which their sandbox can run."""
    hold = _hold("hotfix-tester", places)
    assert hold.guard is Guard.BUBBLEWRAP
    found = _try(hold, places)
    refused = {name for name, came in found.items() if came != "done"}
    assert refused >= {
        *("write new outside", "write outside", "append outside", "empty outside", "remove outside"),
        *("make folder outside", "write through a link", "write into a linked folder", "rename out", "rename over"),
        *("hard link in", "make a device", "connect to the network"),
    }
    assert _is_as_before(places)


def test_what_an_agent_starts_is_held_like_it(places: tuple[Path, Path]) -> None:
    """A process that the held one starts has no more rights."""
    incident, other = places
    inner = f"open({str(other / 'new')!r}, 'w')"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    command = hold_command(_hold("bug-diagnostician", places), [sys.executable, "-c", script])
    done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=incident)
    assert "PermissionError" in done.stderr
    assert _is_as_before(places)


def test_who_cannot_be_held_is_not_started(places: tuple[Path, Path]) -> None:
    """A folder that is not there, for which no right can be given, ends it before the command."""
    incident, _ = places
    hold = Hold(Guard.LANDLOCK, Limits((str(incident / "gone"),), (), sockets=False), "")
    command = hold_command(hold, [sys.executable, "-c", "print('started')"])
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    said = f"hotfix: the agent's process cannot be held to its tools: No such file or directory at {incident}/gone\n"
    assert (done.returncode, done.stdout, done.stderr) == (FAILED, "", said)


def _hold(agent: str, places: tuple[Path, Path], repository: str | None = None) -> Hold:
    order = Order(("words",), frozenset(), "mine", repository)
    return choose_hold(load_agents()[agent], order, (places[0],), unconfined=False)


def _try(hold: Hold, places: tuple[Path, Path]) -> Mapping[str, str]:
    program = shutil.which("git") or ""
    words = [sys.executable, str(_ATTEMPTS), *map(str, places), program]
    done = subprocess.run(hold_command(hold, words), capture_output=True, check=False, text=True, cwd=places[0])
    assert done.returncode == 0, done.stderr
    found: Mapping[str, str] = json.loads(done.stdout)
    return found


def _is_as_before(places: tuple[Path, Path]) -> bool:
    other = places[1]
    return [path.name for path in other.iterdir()] == ["kept.txt"] and (other / "kept.txt").read_text() == "kept"
