"""A Java service: compiled from its release, started as one process which writes its own log."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from lab.programs import Command
from lab.stage import Stage


@dataclass(frozen=True, slots=True)
class JavaService:
    """How a service is started; `name` tells instances of one service apart."""

    service: str
    main: str
    address: str
    port: int
    name: str
    options: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)


def compile_java(release: Path) -> Path:
    """Compiles a release where that is still to do; returns the folder of its classes."""
    classes = release / "classes"
    if not classes.exists():
        sources = [str(path) for path in sorted((release / "src").rglob("*.java"))]
        subprocess.run(["javac", "-g", "-d", str(classes), *sources], check=True, capture_output=True)
    return classes


def start_java(stage: Stage, java: JavaService, release: Path) -> None:
    """Compiles the release where that is still to do, starts it and waits until it listens."""
    classes = compile_java(release)
    log = stage.make_log_folder(java.name)
    memory = ("-Xmx64m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
    logging = f"-Djava.util.logging.config.file={release}/logging.properties"
    settings = (logging, f"-D{java.service}.home={release}", *java.options)
    argv = ("java", *memory, *settings, "-cp", str(classes), java.main, java.address, str(java.port))
    env = {"LOG_DIR": str(log), "INSTANCE": java.name, **java.env}
    command = Command(java.name, argv, log, log / "stdout.log", env)
    stage.start(command, java.address, java.port)
