"""A Python service under gunicorn; the service writes its own log, gunicorn writes one beside it."""

import signal
from dataclasses import dataclass, field, replace
from pathlib import Path

from lab.programs import Command
from lab.stage import Stage


@dataclass(frozen=True, slots=True)
class Web:
    """How a service is served; `name` tells replicas of one service apart."""

    service: str
    address: str
    port: int
    workers: int = 2
    threads: int = 4
    name: str = ""
    env: dict[str, str] = field(default_factory=dict)
    open_files: int = 1024
    options: tuple[str, ...] = ()
    hosts: str = ""  # a file to see in place of /etc/hosts

    @property
    def program(self) -> str:
        """The program's name on the stage, also that of its log folder."""
        return self.name or self.service


def start_web(stage: Stage, web: Web) -> None:
    """Starts a service whose release is installed, and waits until it listens."""
    log = stage.make_log_folder(web.program)
    options = {
        "--chdir": str(stage.current(web.service)),
        "--bind": f"{web.address}:{web.port}",
        "--workers": str(web.workers),
        "--config": str(write_threads(stage, web.program, web.threads)),
        "--worker-tmp-dir": "/dev/shm",  # noqa: S108 — gunicorn's own advice
        "--error-logfile": str(log / "gunicorn.log"),
        "--graceful-timeout": "10",
    }
    argv = [
        "prlimit",
        f"--nofile={web.open_files}",
        str(stage.root / "venv" / "bin" / "python"),
        "-m",
        "gunicorn",
        "--no-control-socket",
    ]
    argv += [part for pair in options.items() for part in pair]
    argv += [*web.options, f"{web.service}.app:application"]
    env = {"LOG_FILE": str(log / f"{web.service}.log"), "INSTANCE": web.program, "PYTHONUNBUFFERED": "1", **web.env}
    command = Command(web.program, tuple(argv), stage.root, log / "stdout.log", env)
    stage.start(_with_hosts(command, web.hosts) if web.hosts else command, web.address, web.port)


def write_threads(stage: Stage, program: str, threads: int) -> Path:
    """Writes the part of gunicorn's configuration that may change while it runs; the next reload takes it up."""
    path = stage.root / "etc" / f"{program}.conf.py"
    path.write_text(f'worker_class = "gthread"\nthreads = {threads}\nraw_env = ["WEB_THREADS={threads}"]\n')
    return path


def reload_web(stage: Stage, program: str) -> None:
    """Lets gunicorn replace its workers, who load the release or configuration that is current now."""
    stage.send(program, signal.SIGHUP)


def _with_hosts(command: Command, hosts: str) -> Command:
    """Starts the command with a view of its own on /etc/hosts; it still runs as its ordinary user."""
    drop = f"exec setpriv --reuid={command.user} --regid={command.group} --clear-groups"
    script = f'mount --bind {hosts} /etc/hosts && {drop} "$@"'
    argv = ("unshare", "--mount", "sh", "-c", script, "sh", *command.argv)
    return replace(command, argv=argv, user="root", group="root")
