"""Makes the documents of a recorded incident as a user makes them: one command of hotfix after the other."""

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


@dataclass(frozen=True, slots=True)
class Built:
    """The documents of one incident, and what they may speak of."""

    folder: Path
    ground: Ground

    def find_flaws(self) -> tuple[Flaw, ...]:
        """Return the flaws of all documents."""
        return check_folder(self.folder, self.ground)


def build(place: Path, sample: str, tested: Sequence[str] = ()) -> Built:
    """Analyse a recorded incident below a folder and write all documents, with further options for `hotfix test`."""
    recorded, repository = SAMPLES / sample, place / "repository"
    changes = recorded / "deploys.json"
    subprocess.run(["git", "clone", "-q", recorded / "repo.bundle", repository], check=True)
    for arguments in (
        ("analyze", recorded / "logs", "--deploys", changes, "--repo", repository, "--quiet", "--no-model"),
        ("incidents", "note", "last", NOTE, "--detected"),
        ("patch", "last", "--repo", repository, "--no-model"),
        ("test", "last", "--repo", repository, *tested),
        ("deploy", "plan", "last"),
        ("rca", "last"),
    ):
        done = run_hotfix(place, *map(str, arguments))
        is_refused = arguments[0] == "test" and "expected a patch" in done.stderr
        if done.returncode > 1 and not is_refused:
            raise AssertionError(f"hotfix {' '.join(map(str, arguments))}: {done.stderr}")
    folder = next((place / ".hotfix" / "incidents").glob("2*"))
    return Built(folder, read_ground(folder, repository, [changes]))
