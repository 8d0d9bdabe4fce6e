"""A Python service under gunicorn; the service writes its own log, gunicorn writes one beside it."""

import signal
from dataclasses import dataclass, field

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
        "--threads": str(web.threads),
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
    argv += [f"{web.service}.app:application"]
    env = {"LOG_FILE": str(log / f"{web.service}.log"), "INSTANCE": web.program, "PYTHONUNBUFFERED": "1", **web.env}
    stage.start(Command(web.program, tuple(argv), stage.root, log / "stdout.log", env), web.address, web.port)


def reload_web(stage: Stage, program: str) -> None:
    """Lets gunicorn replace its workers, who load the release or configuration that is current now."""
    stage.send(program, signal.SIGHUP)
