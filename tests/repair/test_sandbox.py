import os
import shlex
import socket
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from hotfix.repair.sandbox.confine import UNSHARE, find_confinement
from hotfix.repair.sandbox.contract import Confinement, Ending, Ground, Job, Kind, Limits, Outcome
from hotfix.repair.sandbox.running import run_job
from tests.repair.trees import take_prints

_WAYS = {
    "confined": find_confinement(),
    "apart": Confinement(Kind.UNSHARE, "namespaces alone", UNSHARE[0]),
    "bare": Confinement(Kind.NONE, "limits alone"),
}
_MINUTE = Limits(seconds=60)
_PYTHON = os.path.realpath(sys.executable)  # the environment of the tests may lie where the sandbox shows nothing
_MARK = "hotfix-test-" + str(os.getpid())

Run = Callable[..., Outcome]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A user's tree of two files."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "data.txt").write_text("as it was\n", "utf-8")
    (folder / "script.sh").write_text("exit 0\n", "utf-8")
    return folder


@pytest.fixture(params=_WAYS)
def run(request: pytest.FixtureRequest, tree: Path) -> Run:
    """Run a program of Python text in each way; afterwards nothing of it runs and the tree is the same."""
    confinement = _WAYS[request.param]
    before = take_prints(tree)

    def run_text(text: str, limits: Limits = _MINUTE) -> Outcome:
        command = f"exec {shlex.quote(_PYTHON)} -c {shlex.quote(f'MARK = {_MARK!r}' + chr(10) + text)}"
        outcome = run_job(Job(command, Ground(tree, PurePosixPath(tree)), limits), confinement)
        assert _list_running() == []
        assert take_prints(tree) == before
        return outcome

    return run_text


def _list_running() -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if _MARK in line:
            found.append(line)
    return found


def test_bubblewrap_is_used_here() -> None:
    """Where bubblewrap is installed and may make namespaces, runs are confined by it."""
    assert find_confinement().kind is Kind.BUBBLEWRAP


def test_run_is_told_as_it_was(run: Run) -> None:
    """Exit code, both streams in their order, and what it wrote beside are what the command did."""
    outcome = run("import sys\nprint('one', flush=True)\nprint('two', file=sys.stderr)\nsys.exit(3)")
    assert (outcome.ending, outcome.code, outcome.output, outcome.left_over) == (Ending.EXITED, 3, "one\ntwo\n", 0)
    assert outcome.describe() == "exit code 3"


def test_forks_are_ended(run: Run) -> None:
    """Children that sleep for ever are ended when the command ends, and counted."""
    outcome = run("import os, time\nfor _ in range(5):\n    if not os.fork():\n        time.sleep(10**6)")
    assert (outcome.ending, outcome.code, outcome.left_over) == (Ending.EXITED, 0, 5)


def test_daemon_is_ended(run: Run) -> None:
    """A process that forked twice and left its session does not outlive the run."""
    outcome = run(
        "import os, time\nif not os.fork():\n    os.setsid()\n    if not os.fork():\n        time.sleep(10**6)\n"
        "    os._exit(0)\nos.wait()"
    )
    assert (outcome.code, outcome.left_over) == (0, 1)


def test_sleep_for_ever_is_stopped(run: Run) -> None:
    """A command that does not end is stopped at its limit, with all its children."""
    outcome = run("import os, time\nos.fork()\nprint('here', flush=True)\ntime.sleep(10**6)", Limits(seconds=1))
    assert (outcome.ending, outcome.code, outcome.passed) == (Ending.TIME, None, False)


def test_fork_bomb_is_stopped(run: Run) -> None:
    """More processes than a run may have end it."""
    text = "import os, time\nfor _ in range(60):\n    if not os.fork():\n        time.sleep(10**6)\ntime.sleep(10**6)"
    assert run(text, Limits(seconds=60, processes=20)).ending is Ending.PROCESSES


def test_memory_of_one_process_is_bounded(run: Run) -> None:
    """A process gets no more memory than the limit: it is refused by the kernel."""
    outcome = run("x = bytearray(900_000_000)", Limits(seconds=60, memory_bytes=300_000_000))
    assert outcome.code == 1
    assert "MemoryError" in outcome.output


def test_memory_of_all_processes_is_bounded(run: Run) -> None:
    """Processes that together take more than the limit are stopped."""
    text = "import os, time\nfor _ in range(5):\n    if not os.fork():\n        x = bytearray(b'x') * 100_000_000\n"
    outcome = run(text + "        time.sleep(10**6)\ntime.sleep(10**6)", Limits(seconds=60, memory_bytes=300_000_000))
    assert outcome.ending is Ending.MEMORY


def test_processor_time_is_bounded(run: Run) -> None:
    """A spin loop is ended by the kernel at its limit of processor time."""
    outcome = run("while True: pass", Limits(seconds=60, cpu_seconds=1))
    assert outcome.code is not None
    assert outcome.code < 0


@pytest.mark.parametrize("where", ["'.'", "__import__('tempfile').gettempdir()"])
def test_disk_is_bounded(run: Run, where: str) -> None:
    """Files beyond the limit, in the tree or in the folder for temporary files, are refused or end the run."""
    text = f"import time\nfor i in range(40):\n    open({where} + f'/{{i}}', 'wb').write(b'x' * 5_000_000)\n"
    text += "time.sleep(10**6)"
    outcome = run(text, Limits(seconds=60, disk_bytes=30_000_000))
    assert outcome.disk_full
    assert (outcome.ending is Ending.DISK) or "No space left on device" in outcome.output


def test_one_file_is_bounded(run: Run) -> None:
    """A single file beyond the limit is refused."""
    outcome = run("open('big', 'wb').truncate(50_000_000)", Limits(seconds=60, disk_bytes=30_000_000))
    assert outcome.code == 1
    assert "File too large" in outcome.output


def test_flood_of_output_is_stopped(run: Run) -> None:
    """Output beyond the limit ends the run; beginning and end of it are kept."""
    outcome = run("print('first')\nwhile True: print('x' * 1000)", Limits(seconds=60, output_bytes=5_000_000))
    assert outcome.ending is Ending.OUTPUT
    assert outcome.output.startswith("first\n")
    assert len(outcome.output) < 100_000


def test_home_stays_as_it_is(run: Run) -> None:
    """What a command writes to its home folder is refused or lands in a folder of its own."""
    target = Path.home() / f".{_MARK}"
    outcome = run("import os\nopen(os.path.expanduser('~/.') + MARK, 'w').write('x')")
    assert not target.exists()
    assert outcome.code == 0 or "Read-only file system" in outcome.output


def test_tree_can_be_written_by_the_command_alone(run: Run) -> None:
    """The command may change, add and remove files of its copy; the user's tree stays as it is."""
    text = "import os\nos.remove('script.sh')\nopen('data.txt', 'a').write('more')\nprint(open('data.txt').read())"
    assert run(text).output == "as it was\nmore\n"


def test_environment_holds_no_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the user's environment that name no tool are not passed on."""
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    assert "hunter2" not in run("import os\nprint(dict(os.environ))").output


def _run_confined(tree: Path, text: str, **more: object) -> Outcome:
    command = f"exec {shlex.quote(_PYTHON)} -c {shlex.quote(text)}"
    return run_job(Job(command, Ground(tree, PurePosixPath(tree)), _MINUTE, **more))  # type: ignore[arg-type]


def test_no_network_is_reached(tree: Path) -> None:
    """A confined command reaches neither this host nor others; a listener here sees nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        outcome = _run_confined(
            tree,
            f"import socket\nfor a in ('127.0.0.1', '192.0.2.1'):\n  try: socket.create_connection((a, {port}), 5)\n"
            "  except OSError as e: print(e.strerror)",
        )
        assert outcome.output == "Connection refused\nNetwork is unreachable\n"
        with pytest.raises(BlockingIOError):
            server.accept()


def test_network_is_open_when_allowed(tree: Path) -> None:
    """With the network allowed a command reaches a listener of this host."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        outcome = _run_confined(tree, f"import socket\nsocket.create_connection(('127.0.0.1', {port}))", network=True)
        assert outcome.passed, outcome.output
        server.accept()[0].close()


def test_host_is_read_only(tree: Path, tmp_path: Path) -> None:
    """Beside its tree and /tmp a confined command can write nowhere, cannot undo that, and sees no other process."""
    text = (
        "import os, subprocess\nfor place in ('/', '/etc', '/dev', '/usr/bin', os.path.expanduser('~')):\n"
        "    print(os.access(place, os.W_OK) and not os.statvfs(place).f_flag & os.ST_RDONLY)\n"
        "print(subprocess.run('mount -o remount,rw /', shell=True, capture_output=True).returncode != 0)\n"
        "print(len([n for n in os.listdir('/proc') if n.isdigit()]) < 6)"
    )
    (tmp_path / "other").mkdir()
    assert _run_confined(tree, text).output.split() == ["False"] * 5 + ["True"] * 2


def test_command_cannot_end_the_sandbox_unnoticed(tree: Path) -> None:
    """A command that kills the program that watches over it yields no verdict, and leaves nothing."""
    outcome = _run_confined(tree, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass")
    assert (outcome.ending, outcome.passed) == (Ending.BROKEN, False)


def test_files_are_put_and_brought_back(tree: Path) -> None:
    """Files of the job lie in the tree; those that the command wrote and a pattern names come back, others do not."""
    command = "cat put/in.txt - > out/TEST-a.xml; touch out/other; touch -d 2001-01-01 out/TEST-old.xml"
    job = Job(
        f"mkdir out; {command}",
        Ground(tree, PurePosixPath(tree)),
        files={"put/in.txt": "given "},
        stdin=b"and read",
        collect=("**/TEST-*.xml",),
    )
    assert run_job(job).files == {"out/TEST-a.xml": "given and read"}


def _borrow(tree: Path, folder: Path) -> Ground:
    (folder / "modules").mkdir()
    (folder / "modules" / "a.js").write_text("a", "utf-8")
    return Ground(tree, PurePosixPath(tree), {"node_modules": folder / "modules"})


@pytest.mark.parametrize("way", _WAYS)
def test_borrowed_folder_is_seen(tree: Path, tmp_path: Path, way: str) -> None:
    """A folder of dependencies is shown inside the tree, however the run is kept apart."""
    assert run_job(Job("cat node_modules/a.js", _borrow(tree, tmp_path)), _WAYS[way]).output == "a"


def test_borrowed_folder_is_not_written(tree: Path, tmp_path: Path) -> None:
    """A confined command cannot write to dependencies."""
    ground = _borrow(tree, tmp_path)
    outcome = run_job(Job("cat node_modules/a.js; echo x > node_modules/b.js", ground))
    assert outcome.output.startswith("a")
    assert outcome.code != 0
    assert [path.name for path in (tmp_path / "modules").iterdir()] == ["a.js"]


def test_socket_that_listens_is_closed(run: Run) -> None:
    """A server that a command leaves behind does not go on listening, and is counted."""
    text = (
        "import os, socket, time\nserver = socket.create_server(('127.0.0.1', 0))\nprint(server.getsockname()[1])\n"
        "if not os.fork():\n    os.setsid()\n    time.sleep(10**6)"
    )
    outcome = run(text)
    assert outcome.left_over == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(outcome.output)), 5)
