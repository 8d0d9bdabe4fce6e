"""Ways from logs to the review as a user goes them, and what is true of every folder that they leave."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.incidents import null_after_release
from tests.site import Site

SAMPLE = Path(__file__).parents[2] / "sample_logs" / "partner-sends-null"
PATIENCE_S = 240


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in which commands are run; it is the user's home too."""

    path: Path

    @property
    def incident(self) -> Path:
        """The folder of its only incident."""
        (found,) = (path.parent for path in self.path.glob(".hotfix/incidents/*/report.json"))
        return found

    @property
    def answer(self) -> dict[str, object]:
        """What the way said as JSON when it was first gone."""
        return dict(json.loads((self.path / "answer.json").read_text("utf-8")))


def tell_environment(place: Path) -> dict[str, str]:
    """Return the environment of a command."""
    return {"PATH": os.environ["PATH"], "HOME": str(place), "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8"}


def go(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where nobody can be asked; no traceback may reach the user."""
    done = subprocess.run(
        [sys.executable, "-m", "hotfix", *arguments],
        cwd=place,
        env=tell_environment(place),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert "Traceback" not in done.stderr
    return done


def write_logs(place: Path) -> str:
    """Write the logs of a small site with an incident, and return their folder."""
    site = Site(seed=3)
    null_after_release(site)
    return str(site.save(place / "logs"))


def find_faults(place: Path) -> list[str]:
    """Return what is not whole: files that are cut off, and a database that is damaged."""
    return [*_find_torn(place), *_find_damage(place / ".hotfix" / "hotfix.db")]


def _find_torn(place: Path) -> Iterator[str]:
    for path in sorted(place.glob(".hotfix/incidents/*/[!.]*")):
        text = path.read_text("utf-8")
        parts = text.splitlines() if path.suffix == ".jsonl" else [text] if path.suffix == ".json" else []
        if not text.endswith("\n") or not all(_parses(part) for part in parts):
            yield path.name


def _find_damage(database: Path) -> Iterator[str]:
    if database.is_file():
        with closing(sqlite3.connect(database)) as opened:
            (found,) = opened.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            yield f"{database.name}: {found}"


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def list_links(document: Path) -> list[str]:
    """Return where the links of a Markdown document lead, but for the network."""
    return re.findall(r"(?<!\\)\]\((?!https?:)([^)#\s]+)\)", document.read_text("utf-8"))


def list_ends(folder: Path) -> list[str]:
    """Return the steps that came to their end, as the journal of the way tells them, in order."""
    lines = [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]
    return [line["step"] for line in lines if line["kind"] == "ended"]
