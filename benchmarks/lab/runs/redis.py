"""Redis with its own log."""

import socket

from lab.programs import Command
from lab.stage import Stage

ADDRESS, PORT = "10.20.0.31", 6379


def start_redis(stage: Stage, *options: str) -> None:
    """Starts a server; `options` are those of its command line."""
    log = stage.make_log_folder("redis")
    base = ("redis-server", "--bind", ADDRESS, "--port", str(PORT), "--protected-mode", "no", "--save", "120", "1")
    files = ("--dir", str(stage.make_folder("redis")), "--logfile", str(log / "redis-server.log"))
    stage.start(Command("redis", (*base, *files, *options), stage.root), ADDRESS, PORT)


def ask_redis(*words: str) -> str:
    """Sends one command and returns the first part of the answer."""
    with socket.create_connection((ADDRESS, PORT), timeout=5) as connection:
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
        connection.sendall(b"*%d\r\n%s" % (len(words), parts))
        return connection.recv(4096).decode()
