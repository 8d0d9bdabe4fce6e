"""Finds out how this host can keep a run apart, and lays out the arguments for it. Each way is tried, not guessed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hotfix.repair.limits import SANDBOX_PROBE_SECONDS
from hotfix.repair.sandbox.contract import Confinement, Job, Kind

INSIDE = Path(__file__).with_name("inside.py")
_PLACE = "/tmp/.hotfix"  # noqa: S108  # inside the sandbox, whose /tmp is its own
_BUBBLEWRAP = (
    "bwrap",
    "--unshare-all",
    "--unshare-user",
    "--cap-drop",
    "ALL",
    "--die-with-parent",
    "--new-session",
    "--ro-bind",
    "/",
    "/",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
)
UNSHARE = (
    ("unshare", "--user", "--map-root-user", "--net", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"),
    ("unshare", "--net", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"),
)
_SECRETS = (".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config/gcloud", ".netrc", ".git-credentials")
"""Below the home folder: no test needs them, and what a test prints goes into a report."""


@cache
def find_confinement() -> Confinement:
    """Return the strongest way that works here: bubblewrap, else namespaces of its own, else limits alone."""
    if works(_BUBBLEWRAP):
        return Confinement(
            Kind.BUBBLEWRAP,
            "Confined by bubblewrap: files read-only but for a copy of the tree, no network, processes apart.",
            _BUBBLEWRAP,
        )
    missing = "bubblewrap is not installed" if shutil.which("bwrap") is None else "bubblewrap may not make namespaces"
    for prefix in UNSHARE:
        if works(prefix):
            said = f"Unconfined, {missing}: network and processes are apart, files are not."
            return Confinement(Kind.UNSHARE, said, prefix)
    return Confinement(Kind.NONE, f"Unconfined, {missing}: limits and a process group alone, the network is open.")


def works(prefix: tuple[str, ...]) -> bool:
    """Tell whether this host lets a program run behind a prefix; it is tried."""
    try:
        done = subprocess.run(
            [*prefix, "/bin/true"],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=SANDBOX_PROBE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def lay_out_arguments(confinement: Confinement, job: Job, report_fd: int) -> list[str]:
    """Return the command line that runs `inside.py` in the confinement; it is told the job on standard input."""
    python = os.path.realpath(sys.executable)
    if not confinement.confined:
        prefix = () if job.network else confinement.prefix
        return [*prefix, python, "-I", "-S", str(INSIDE), str(report_fd)]
    return [
        *confinement.prefix,
        *(("--share-net", "--ro-bind-try", "/run", "/run") if job.network else ("--tmpfs", "/run")),
        *_lay_out_files(job),
        python,
        "-I",
        "-S",
        f"{_PLACE}/inside.py",
        str(report_fd),
    ]


def place_source(confinement: Confinement, job: Job) -> str:
    """Return the path under which `inside.py` finds the tree that it copies."""
    return f"{_PLACE}/source" if confinement.confined else str(job.ground.source)


def _lay_out_files(job: Job) -> Iterator[str]:
    """Yield the arguments that show the host read-only, with private, bounded folders where a command may write."""
    size = str(job.limits.disk_bytes)
    for place in ("/dev/shm", "/tmp", "/var/tmp", str(job.ground.at)):  # noqa: S108  # in the sandbox these are its own
        yield from ("--size", size, "--tmpfs", place)
    yield from ("--remount-ro", "/dev")
    for name in _SECRETS:
        secret = Path.home() / name
        if secret.is_dir():
            yield from ("--tmpfs", str(secret))
        elif secret.is_file():
            yield from ("--ro-bind", "/dev/null", str(secret))
    for name, folder in job.ground.borrowed.items():
        yield from ("--ro-bind", str(folder), str(job.ground.at / name))
    yield from (
        "--ro-bind",
        str(job.ground.source),
        f"{_PLACE}/source",
        "--ro-bind",
        str(INSIDE),
        f"{_PLACE}/inside.py",
    )
