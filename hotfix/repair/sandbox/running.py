"""Runs one job in the sandbox: starts it, reads what it writes up to a limit, and leaves nothing running behind it."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from hotfix.repair.limits import SANDBOX_GRACE_SECONDS, SANDBOX_KEPT_BYTES, SANDBOX_REPORT_BYTES
from hotfix.repair.sandbox.confine import find_confinement, lay_out_arguments, place_source
from hotfix.repair.sandbox.contract import Confinement, Ending, Job, Kind, Outcome

_CHUNK = 64 * 1024
_PASSED_ON = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "LD_LIBRARY_PATH"),
        *("JAVA_HOME", "MAVEN_HOME", "M2_HOME", "GRADLE_HOME"),
        *(
            "GOROOT",
            "GOPATH",
            "NVM_DIR",
            "NODE_PATH",
            "VIRTUAL_ENV",
            "CONDA_PREFIX",
            "PYENV_ROOT",
            "CARGO_HOME",
            "RUSTUP_HOME",
        ),
    )
)
"""Variables that a command gets: where tools are. Whatever else the user's environment holds may be a secret."""


_OFFLINE = {"GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local"}
"""What keeps tools from waiting for a network that is not there."""


def run_job(job: Job, confinement: Confinement | None = None) -> Outcome:
    """Run a command in a fresh copy of its tree and return what came of it; every process of it is ended.

    The tree that is copied, the user's files and the home folder are not written to where the host can confine a run;
    elsewhere the command works on a copy with a home folder of its own, and may reach what its user may reach.
    """
    chosen = confinement or find_confinement()
    with _make_room(chosen) as private:
        work = str(job.ground.at) if chosen.confined else f"{private}/tree"
        spec = {
            "command": job.command,
            "source": place_source(chosen, job),
            "work": work,
            "private": private,
            "disk_apart": chosen.confined,
            "files": dict(job.files),
            "stdin": job.stdin.hex(),
            "collect": list(job.collect),
            "limits": asdict(job.limits),
        }
        if not chosen.confined:
            _borrow(job, Path(work))
        return _run(job, chosen, json.dumps(spec).encode(), _make_environment(private, network=job.network))


@contextmanager
def _make_room(confinement: Confinement) -> Iterator[str]:
    """Yield the folder for temporary files: the sandbox's own /tmp, else a folder that is removed afterwards."""
    if confinement.confined:
        yield "/tmp"  # noqa: S108  # inside the sandbox
        return
    with tempfile.TemporaryDirectory(prefix="hotfix-run-", ignore_cleanup_errors=True) as folder:
        Path(folder, "home").mkdir()
        yield folder


def _borrow(job: Job, work: Path) -> None:
    for name, folder in job.ground.borrowed.items():
        target = work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(folder)


def _make_environment(private: str, *, network: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("LC_")}
    own = private != "/tmp"  # noqa: S108  # inside the sandbox
    return {
        **kept,
        **({"HOME": f"{private}/home"} if own else {}),
        **({} if network else _OFFLINE),
        "TMPDIR": private,
        "XDG_CACHE_HOME": f"{private}/.cache",
        "GOCACHE": f"{private}/.cache/go",
        "GRADLE_USER_HOME": f"{private}/.gradle",  # Gradle writes there, and reads what was fetched from the other
        "GRADLE_RO_DEP_CACHE": f"{os.environ.get('GRADLE_USER_HOME') or Path.home() / '.gradle'}/caches",
        "npm_config_cache": f"{private}/.cache/npm",
        "npm_config_update_notifier": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CI": "1",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


def _run(job: Job, confinement: Confinement, spec: bytes, environment: dict[str, str]) -> Outcome:
    report_read, report_write = os.pipe()
    output_read, output_write = os.pipe()
    stdin = os.memfd_create("job")
    with open(stdin, "wb", closefd=False) as file:
        file.write(spec)
    os.lseek(stdin, 0, os.SEEK_SET)
    try:
        process = subprocess.Popen(
            lay_out_arguments(confinement, job, report_write),
            stdin=stdin,
            stdout=output_write,
            stderr=output_write,
            pass_fds=(report_write,),
            start_new_session=True,
            env=environment,
        )
    finally:
        for one in (stdin, report_write, output_write):
            os.close(one)
    reader = _Reader(job.limits.output_bytes)
    try:
        trouble = reader.read(output_read, report_read, job.limits.seconds + SANDBOX_GRACE_SECONDS)
    finally:
        with contextlib.suppress(OSError):
            process.send_signal(signal.SIGTERM if confinement.kind is Kind.NONE and reader.is_cut else signal.SIGKILL)
        _end(process)
        os.close(report_read)
        os.close(output_read)
    return _conclude(job, reader, trouble)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the sandbox: it ends its own processes when asked, and is killed when it does not answer."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SANDBOX_GRACE_SECONDS)
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _Reader:
    """Reads the output of a run and the report of the sandbox until both end, a limit is passed, or time is up."""

    def __init__(self, output_most: int) -> None:
        self.head, self.tail = bytearray(), bytearray()
        self.report = bytearray()
        self.is_cut = False
        self._seen, self._most = 0, output_most

    def read(self, output: int, report: int, seconds: float) -> Ending | None:
        """Return why it was stopped, or None when it ended by itself."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ, self._keep_output)
            selector.register(report, selectors.EVENT_READ, self._keep_report)
            while selector.get_map():
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    self.is_cut = True
                    return Ending.TIME
                for key, _ in ready:
                    chunk = os.read(key.fd, _CHUNK)
                    key.data(chunk)
                    if not chunk:
                        selector.unregister(key.fd)
                if self._seen > self._most:
                    self.is_cut = True
                    return Ending.OUTPUT
        return None

    @property
    def text(self) -> str:
        """The beginning and the end of the output; what was left out between is told."""
        lost = self._seen - len(self.head) - len(self.tail)
        parts = [self.head.decode(errors="replace"), self.tail.decode(errors="replace")]
        return f"\n… ({lost:,} bytes left out)\n".join(parts) if lost else "".join(parts)

    def _keep_output(self, chunk: bytes) -> None:
        self._seen += len(chunk)
        room = SANDBOX_KEPT_BYTES - len(self.head)
        self.head += chunk[:room]
        self.tail = (self.tail + chunk[room:])[-SANDBOX_KEPT_BYTES:] if len(chunk) > room else self.tail

    def _keep_report(self, chunk: bytes) -> None:
        self.report += chunk[: max(0, SANDBOX_REPORT_BYTES - len(self.report))]


def _conclude(job: Job, reader: _Reader, stopped: Ending | None) -> Outcome:
    if stopped is not None:
        return Outcome(job.command, stopped, None, reader.text, job.limits.seconds, 0.0)
    try:
        found = json.loads(reader.report)
    except ValueError:
        said = reader.text.strip().rpartition("\n")[2] or "it was ended from within"
        return Outcome(job.command, Ending.BROKEN, None, reader.text, 0.0, 0.0, trouble=said)
    if found["ending"] == Ending.BROKEN:
        return Outcome(job.command, Ending.BROKEN, None, reader.text, 0.0, 0.0, trouble=found["trouble"])
    return Outcome(
        command=job.command,
        ending=Ending(found["ending"]),
        code=found["code"],
        output=reader.text,
        seconds=found["seconds"],
        cpu_seconds=found["cpu_seconds"],
        left_over=found["left_over"],
        disk_full=found["disk_full"],
        files=found["files"],
    )
