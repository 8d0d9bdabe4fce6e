"""Makes the documents of a recorded incident as a user does: by `hotfix run`, or by one command after the other."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.documents.checker import check_folder
from tests.documents.flaws import Flaw
from tests.documents.ground import Ground, read_ground
from tests.learn.commands import run_hotfix

SAMPLES = Path(__file__).parents[2] / "sample_logs"

TEN = (
    "python-null-after-release",
    "pool-shrunk-by-config",
    "disk-full",
    "poison-message",
    "certificate-expires",
    "feature-flag-flip",
    "deadlock-after-release",
    "rate-limited-after-cut-over",
    "java-heap-exhausted",
    "column-missing-after-migration",
)
"""Recorded incidents with a repository, each of another cause family."""

NOTE = "Anneliese Brandt of support took the first complaint"
"""What the operator notes down: a name that stands nowhere else."""

Command = tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """The documents of one incident, and what they may speak of."""

    folder: Path
    ground: Ground

    def find_flaws(self) -> tuple[Flaw, ...]:
        """Return the flaws of all documents."""
        return check_folder(self.folder, self.ground)


def build_by_run(place: Path, sample: str) -> Built:
    """Take a recorded incident through `hotfix run` below a folder, note a person down, and write the review again."""
    return _build(place, sample, [("run", *_find_inputs(place, sample), "--yes-to-documents")], [("rca", "last")])


def build_by_steps(place: Path, sample: str, tested: Sequence[str] = ()) -> Built:
    """Take a recorded incident through one command after the other, with further options for `hotfix test`."""
    repository = ("--repo", _find_repository(place))
    steps: list[Command] = [
        ("patch", "last", *repository, "--no-model"),
        ("test", "last", *repository, *tested),
        ("deploy", "plan", "last"),
        ("rca", "last"),
    ]
    return _build(place, sample, [("analyze", *_find_inputs(place, sample), "--quiet")], steps)


def _build(place: Path, sample: str, first: Sequence[Command], further: Sequence[Command]) -> Built:
    repository = _find_repository(place)
    subprocess.run(["git", "clone", "-q", SAMPLES / sample / "repo.bundle", repository], check=True)
    for command in (*first, ("incidents", "note", "last", NOTE, "--detected"), *further):
        done = run_hotfix(place, *map(str, command))
        is_refused = command[0] == "test" and "expected a patch" in done.stderr
        if done.returncode > 1 and not is_refused:
            raise AssertionError(f"hotfix {' '.join(map(str, command))}: {done.stderr}")
    folder = next((place / ".hotfix" / "incidents").glob("2*"))
    return Built(folder, read_ground(folder, repository, [SAMPLES / sample / "deploys.json"]))


def _find_inputs(place: Path, sample: str) -> Command:
    recorded = SAMPLES / sample
    changes = recorded / "deploys.json"
    return recorded / "logs", "--deploys", changes, "--repo", _find_repository(place), "--no-model"


def _find_repository(place: Path) -> Path:
    return place / "repository"
