"""The program itself, run as a user runs it."""

import os
import subprocess
import sys
from pathlib import Path


def run_hotfix(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, which is the user's home too; no traceback may reach the user."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-m", "hotfix", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True, env=environment)
    assert "Traceback" not in done.stderr
    return done
