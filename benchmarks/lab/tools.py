"""The programs that scenarios run: which packages bring them, where they lie, which versions they are.

Installs what is missing through apt-get and pip; the Python packages of the recorded services live in their own
virtual environment, apart from that of hotfix.
"""

import shutil
import subprocess
from pathlib import Path

VENV = Path.home() / ".cache" / "hotfix-lab" / "venv"
_PYTHON_PACKAGES = ("gunicorn==27.0.1", "psycopg[binary,pool]==3.3.9", "redis==8.1.0", "supervisor==4.3.0")
_SYSTEM_PYTHON = "/usr/bin/python3"
_POSTGRES = "/usr/lib/postgresql"

# need → (program whose presence proves it, packages of Debian 12)
_NEEDS = {
    "git": ("git", ("git",)),
    "ip": ("ip", ("iproute2",)),
    "nginx": ("nginx", ("nginx-light",)),
    "java": ("javac", ("default-jdk-headless",)),
    "redis": ("redis-server", ("redis-server",)),
    "node": ("node", ("nodejs",)),
    "postgres": ("initdb", ("postgresql",)),
    "faketime": ("faketime", ("faketime",)),
    "python": ("", ("python3-venv",)),
}


def postgres_program(name: str) -> str:
    """Returns the path of a program of the newest PostgreSQL installed, as Debian lays it out.

    Raises:
        FileNotFoundError: no version of PostgreSQL is installed.
    """
    found = sorted(Path(_POSTGRES).glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError(f"expected {name} below {_POSTGRES}/*/bin, found none: apt-get install postgresql")
    return str(found[-1])


def install_needs(needs: tuple[str, ...]) -> None:
    """Installs what a scenario needs and this machine lacks, and the environment of its Python services."""
    missing = [need for need in ("git", "ip", *needs) if not _is_there(need)]
    packages = [package for need in missing for package in _NEEDS[need][1]]
    if packages:
        subprocess.run(["apt-get", "update", "-q"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], check=True)
    if "python" in needs and not (VENV / "bin" / "supervisord").exists():
        subprocess.run([_SYSTEM_PYTHON, "-m", "venv", "--clear", str(VENV)], check=True)
        subprocess.run([str(VENV / "bin" / "pip"), "install", "-q", *_PYTHON_PACKAGES], check=True)


def read_versions(needs: tuple[str, ...]) -> list[str]:
    """Returns one line per needed program with its version in the program's own words."""
    asks = {
        "nginx": ["nginx", "-v"],
        "java": ["java", "-version"],
        "redis": ["redis-server", "--version"],
        "node": ["node", "--version"],
        "postgres": [postgres_program("postgres"), "--version"] if "postgres" in needs else [],
        "python": [_SYSTEM_PYTHON, "--version"],
    }
    versions = [f"{need}: {_first_line(asks[need])}" for need in needs if asks.get(need)]
    return [*versions, *_PYTHON_PACKAGES] if "python" in needs else versions


def _is_there(need: str) -> bool:
    if need == "postgres":
        return any(Path(_POSTGRES).glob("*/bin/initdb"))
    if need == "python":
        probe = [_SYSTEM_PYTHON, "-c", "import ensurepip"]
        return subprocess.run(probe, check=False, capture_output=True).returncode == 0
    return shutil.which(_NEEDS[need][0]) is not None


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return (done.stdout or done.stderr).splitlines()[0]
