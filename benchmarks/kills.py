"""Kills `hotfix run` with SIGKILL at random moments, and lets it go on, until it was killed as often as asked.

After each kill every file of the incident folder must be whole, the index database intact, and what an operator noted
still there; in the end the way must be complete. A way that came to its end begins anew, in a folder of its own.

    .venv/bin/python benchmarks/kills.py [KILLS] [SEED]
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_logs" / "partner-sends-null"
LATEST = 0.6
"""Latest moment of a kill, as a share of the time that a whole way takes here: most steps end before some of them."""


def main() -> None:
    """Kill, check, go on; print one line for each kill and the sum."""
    kills, seed = (int(text) for text in [*sys.argv[1:3], *("30", "7")[len(sys.argv) - 1 :]])
    rng, done, faults, ways = random.Random(seed), 0, list[str](), 0
    whole_s = _measure_way()
    print(f"a whole way takes {whole_s:.0f} s here", flush=True)
    while done < kills:
        with tempfile.TemporaryDirectory(prefix="hotfix-kills-") as name:
            place, ways = Path(name), ways + 1
            while done < kills:
                moment = rng.uniform(0.0, whole_s * LATEST)
                ended = _run(place, moment)
                if ended is not None:
                    faults += [] if ended == 1 else [f"way {ways}: ended by itself with {ended}"]
                    break
                done += 1
                found = list(_check(place))
                faults += [f"kill {done}: {fault}" for fault in found]
                print(f"kill {done:>2} after {moment:4.1f} s: {_say_progress(place)}; {found or 'whole'}", flush=True)
                _note(place, done)
            if (code := _run(place, None)) != 1:
                faults.append(f"way {ways}: could not be brought to its end: exit code {code}")
            faults += [f"way {ways}, at its end: {fault}" for fault in (*_check(place), *_check_end(place))]
    print(f"seed {seed}: {done} kills in {ways} ways, {len(faults)} faults")
    for fault in faults:
        print(f"  {fault}")
    sys.exit(bool(faults))


def _measure_way() -> float:
    """Return how long a way takes that nobody kills, seconds."""
    with tempfile.TemporaryDirectory(prefix="hotfix-kills-") as name:
        began = time.perf_counter()
        if (code := _run(Path(name), None)) != 1:
            sys.exit(f"expected a way to its end, found exit code {code}")
        return time.perf_counter() - began


def _run(place: Path, moment: float | None) -> int | None:
    """Go the way, and kill it after a while; return its exit code, None when it was killed."""
    command = [sys.executable, "-m", "hotfix", "run", str(SAMPLE / "logs"), "--repo", str(SAMPLE / "repo.bundle")]
    environment = os.environ | {"HOME": str(place), "NO_COLOR": "1"}
    running = subprocess.Popen(
        [*command, "--no-model", "--yes-to-documents"],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return running.wait(moment)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
        running.wait()
        return None


def _find(place: Path) -> Path | None:
    return next((path.parent for path in place.glob(".hotfix/incidents/*/report.json")), None)


def _note(place: Path, number: int) -> None:
    """Note something as an operator does while the way lies there cut off."""
    folder = _find(place)
    if folder is not None:
        command = [sys.executable, "-m", "hotfix", "incidents", "note", folder.name, f"note of kill {number}"]
        subprocess.run(command, cwd=place, check=True, capture_output=True, env=os.environ | {"HOME": str(place)})
        with (place / "noted").open("a", encoding="utf-8") as noted:
            noted.write(f"note of kill {number}\n")


def _check(place: Path) -> list[str]:
    """Return what is not whole."""
    return [*_check_files(place), *_check_database(place), *_check_notes(place)]


def _check_files(place: Path) -> list[str]:
    faults = []
    for path in place.glob(".hotfix/incidents/*/[!.]*"):
        text = path.read_text("utf-8", "strict")
        if path.suffix == ".json":
            faults += [] if _parses(text) else [f"{path.name} is no JSON"]
        elif path.suffix == ".jsonl":
            lines = text.splitlines()
            faults += [f"{path.name}:{at}" for at, line in enumerate(lines, 1) if line and not _parses(line)]
        elif not text.endswith("\n") or (path.suffix == ".html" and "</html>" not in text):
            faults.append(f"{path.name} is cut off")
    return faults


def _check_database(place: Path) -> list[str]:
    path = place / ".hotfix" / "hotfix.db"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path)) as database:
        (found,) = database.execute("PRAGMA integrity_check").fetchone()
    return [] if found == "ok" else [f"hotfix.db: {found}"]


def _check_notes(place: Path) -> list[str]:
    noted, folder = place / "noted", _find(place)
    if not noted.is_file() or folder is None:
        return []
    events = (folder / "events.jsonl").read_text("utf-8")
    return [f"lost: {line}" for line in noted.read_text("utf-8").splitlines() if f'"{line}"' not in events]


def _check_end(place: Path) -> list[str]:
    """Return what a complete way lacks."""
    folder = _find(place)
    names = ("diagnosis.md", "patch.md", "patch.diff", "test-report.md", "deployment-plan.md", "rca.md", "index.md")
    return [f"{name} is missing" for name in names if folder is None or not (folder / name).is_file()]


def _say_progress(place: Path) -> str:
    folder = _find(place)
    journal = folder / "run.jsonl" if folder else None
    if journal is None or not journal.is_file():
        return "nothing done"
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines() if _parses(line)]
    return ", ".join(dict.fromkeys(line["step"] for line in lines if line["kind"] == "ended")) or "nothing done"


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    main()
