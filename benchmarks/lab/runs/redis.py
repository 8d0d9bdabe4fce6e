"""Redis with its own log."""

from lab.programs import Command
from lab.stage import Stage

ADDRESS, PORT = "10.20.0.31", 6379


def start_redis(stage: Stage, *options: str) -> None:
    """Starts a server; `options` are those of its command line."""
    log = stage.make_log_folder("redis")
    base = ("redis-server", "--bind", ADDRESS, "--port", str(PORT), "--protected-mode", "no", "--save", "120", "1")
    files = ("--dir", str(stage.make_folder("redis")), "--logfile", str(log / "redis-server.log"))
    stage.start(Command("redis", (*base, *files, *options), stage.root), ADDRESS, PORT)
