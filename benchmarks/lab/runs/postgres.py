"""PostgreSQL, logging to standard error as `pg_ctl -l` keeps it."""

import pwd
import subprocess
import time
from pathlib import Path

from lab.programs import Command
from lab.stage import Stage
from lab.tools import postgres_program

HOST, PORT = "db.shop.internal", 5432
ADDRESS = "10.20.0.30"
_SETTINGS = {
    "listen_addresses": ADDRESS,
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "fsync": "off",  # everything lies in memory
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "400ms",
    "log_lock_waits": "on",
    "log_autovacuum_min_duration": "0",
    "checkpoint_timeout": "4min",
    "autovacuum_naptime": "60s",
}


def start_postgres(stage: Stage, schemas: tuple[tuple[str, Path], ...], **settings: str) -> None:
    """Starts a server with one database and owner per schema file; the name of a database is also its password.

    Args:
        stage: where it runs.
        schemas: (database, file with SQL) in order.
        settings: server settings beyond the lab's own.
    """
    data = stage.make_folder("postgresql") / "15-main"
    user = _user()
    _as(user, postgres_program("initdb"), "-D", str(data), "-E", "UTF8", "--no-locale", "-A", "trust", "-U", "postgres")
    lines = [f"{name} = '{value}'" for name, value in {**_SETTINGS, **settings}.items()]
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("\n".join(lines) + "\n")
    (data / "pg_hba.conf").write_text("host all postgres 10.20.0.0/16 trust\nhost all all 10.20.0.0/16 scram-sha-256\n")
    log = stage.make_log_folder("postgresql") / "postgresql-15-main.log"
    argv = (postgres_program("postgres"), "-D", str(data))
    stage.start(Command("postgresql", argv, data, log, user=user, group=user), ADDRESS, PORT)
    _wait_until_ready()
    for database, schema in schemas:
        run_sql("postgres", f"CREATE ROLE {database} LOGIN PASSWORD '{database}'")
        run_sql("postgres", f"CREATE DATABASE {database} OWNER {database}")
        run_sql(database, schema.read_text(), as_user=database)


def run_sql(database: str, sql: str, as_user: str = "postgres") -> str:
    """Runs SQL as psql does for a person at the console; returns what it prints."""
    url = f"postgresql://{as_user}:{as_user}@{ADDRESS}:{PORT}/{database}"
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url]
    return subprocess.run(command, input=sql, check=True, capture_output=True, text=True).stdout


def _wait_until_ready() -> None:
    """The port is open a moment before the server takes sessions."""
    for _ in range(100):
        if subprocess.run(["pg_isready", "-q", "-h", ADDRESS, "-p", str(PORT)], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"expected PostgreSQL on {ADDRESS}:{PORT} to take sessions within 10 s, it did not")


def _user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(user: str, *command: str) -> None:
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        user=user,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
    )
