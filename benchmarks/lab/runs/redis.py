"""Redis with its own log."""

from lab.programs import Command
from lab.stage import Stage

ADDRESS, PORT = "10.20.0.31", 6379


def start_redis(stage: Stage, *options: str, name: str = "redis", address: str = ADDRESS) -> None:
    """Starts a server; `options` are those of its command line, `name` tells several apart."""
    log = stage.make_log_folder(name)
    base = ("redis-server", "--bind", address, "--port", str(PORT), "--protected-mode", "no", "--save", "120", "1")
    files = ("--dir", str(stage.make_folder(name)), "--logfile", str(log / "redis-server.log"))
    stage.start(Command(name, (*base, *files, *options), stage.root), address, PORT)
