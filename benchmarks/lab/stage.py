"""The running lab: folders, programs, repositories, deployments. Scenarios act on it; `runs/` knows each program."""

import json
import signal
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lab.ground import ROOT
from lab.programs import Command, start_program, stop_program, wait_for_port
from lab.repository import Release, check_out, make_repository


@dataclass(frozen=True, slots=True)
class Deploy:
    """One deployment as the deployer notes it; `commit` is the short id in the service's repository."""

    id: str
    at: str
    service: str
    version: str
    previous: str | None
    commit: str
    environment: str = "production"
    status: str = "succeeded"


@dataclass(slots=True)
class Stage:
    """What runs now. All paths lie below the work folder; `log` is what becomes the recording."""

    root: Path = ROOT
    faster: float = 1.0  # all times of the scenario are divided by this
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    commits: dict[str, dict[str, str]] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    deploys: list[Deploy] = field(default_factory=list)
    at_end: list[Callable[[], None]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """The folder of all logs."""
        return self.root / "log"

    def make_log_folder(self, name: str) -> Path:
        """Makes a folder for one program's logs, writable by service users."""
        return self.make_folder(f"log/{name}")

    def make_folder(self, name: str) -> Path:
        """Makes a folder below the work folder, writable by service users."""
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)  # the services run as another user
        return folder

    def start(self, command: Command, host: str = "", port: int = 0) -> None:
        """Starts a program and, where a port is given, waits until it listens."""
        self.commands[command.name] = command
        self.programs[command.name] = start_program(command)
        if port:
            wait_for_port(host, port, self.programs[command.name])

    def restart(self, name: str) -> None:
        """Stops a program and starts it again with the same command."""
        self.stop(name)
        self.programs[name] = start_program(self.commands[name])

    def stop(self, name: str, with_signal: int = signal.SIGTERM) -> None:
        """Stops one program."""
        stop_program(self.programs.pop(name), with_signal)

    def send(self, name: str, with_signal: int) -> None:
        """Sends a signal to a program's first process."""
        self.programs[name].send_signal(with_signal)

    def stop_all(self) -> None:
        """Stops every program, the last started first; then does what was left for the end."""
        for name in reversed(list(self.programs)):
            self.stop(name)
        while self.at_end:
            self.at_end.pop()()

    def make_service(self, service: str, releases: tuple[Release, ...]) -> None:
        """Makes the repository of a service with one commit per release."""
        self.commits[service] = make_repository(service, releases, self.repository(service), datetime.now(UTC))

    def repository(self, service: str) -> Path:
        """Where the repository of a service lies."""
        return self.root / "repos" / service

    def current(self, service: str) -> Path:
        """Where the live release of a service lies: a link that each deployment moves."""
        return self.root / service / "current"

    def install(self, service: str, version: str) -> Path:
        """Checks out a version beside the earlier ones, moves `current` there, and notes the deployment."""
        commit = self.commits[service][version]
        folder = self.root / service / "releases" / version
        if not folder.exists():
            check_out(self.repository(service), version, commit[:10], folder)
        link = self.current(service)
        temporary = link.with_suffix(".new")
        temporary.symlink_to(folder)
        temporary.replace(link)
        self._note(service, version, commit)
        return folder

    def write_deploys(self, path: Path) -> None:
        """Writes the deployments, oldest first, as the deployer keeps them; no file where there were none."""
        if self.deploys:
            path.write_text(json.dumps([asdict(deploy) for deploy in self.deploys], indent=2) + "\n")

    def _note(self, service: str, version: str, commit: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        ident = f"deploy-{1180 + len(self.deploys)}"
        self.deploys.append(Deploy(ident, at, service, version, self.live.get(service), commit[:10]))
        self.live[service] = version


def rotate(log: Path) -> None:
    """Renames a log as logrotate does: x.log.1 becomes x.log.2, x.log becomes x.log.1."""
    older = log.with_name(log.name + ".1")
    if older.exists():
        older.rename(log.with_name(log.name + ".2"))
    log.rename(older)
