"""How soon and how well `hotfix triage` answers on the recorded incidents: the first look against the whole analysis.

    .venv/bin/python benchmarks/triage.py

Times are CPU seconds of this process from the start of the reading, without the encoder and without a model: with one
of them the whole analysis takes longer, and the first answer does not.
"""

import os
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from statistics import median

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from hotfix.flow.triage import RollBack, triage_analysis
from hotfix.pipeline import AnalysisRequest, Prepared, analyze, glance

SAMPLES = Path(__file__).parents[1] / "sample_logs"
UNDOABLE = frozenset({"release", "config", "flag"})
"""What brought an incident, as its truth says, where going back is the answer."""


@dataclass(frozen=True, slots=True)
class Score:
    """One incident."""

    name: str
    kind: str  # what brought it, as its truth says
    first: RollBack
    whole: RollBack
    same_change: bool
    first_s: float
    whole_s: float

    @property
    def holds(self) -> bool:
        """Whether the whole analysis gives the answer of the first look, for the same change."""
        return self.first is self.whole and self.same_change


def main() -> None:
    """Print a line for each incident, then the sums."""
    scores = [_score(path) for path in sorted(SAMPLES.iterdir()) if (path / "truth.toml").is_file()]
    for one in scores:
        said = f"{one.first} → {one.whole}" if not one.holds else f"{one.first}"
        print(f"{one.name:<34} {one.kind:<10} {said:<16} {one.first_s:5.2f} s of {one.whole_s:5.2f} s", flush=True)
    undoable = [one for one in scores if one.kind in UNDOABLE]
    print(f"the whole analysis holds the first answer: {sum(one.holds for one in scores)} of {len(scores)}")
    for name, answers in (("first", [one.first for one in undoable]), ("whole", [one.whole for one in undoable])):
        print(f"{name}: yes where going back is the answer: {answers.count(RollBack.YES)} of {len(undoable)}")
    others = [one for one in scores if one.kind not in UNDOABLE]
    for name, answers in (("first", [one.first for one in others]), ("whole", [one.whole for one in others])):
        print(f"{name}: yes elsewhere: {answers.count(RollBack.YES)} of {len(others)}")
    print(
        f"median CPU seconds: {median(one.first_s for one in scores):.2f} to the first answer, "
        f"{median(one.whole_s for one in scores):.2f} to the whole analysis; "
        f"median ratio {median(one.whole_s / one.first_s for one in scores):.1f}"
    )


def _score(path: Path) -> Score:
    request = AnalysisRequest(paths=(str(path / "logs"),), encoder=False)
    glanced, began = list[tuple[RollBack, object, float]](), time.process_time()

    def look(prepared: Prepared) -> None:
        found = triage_analysis(glance(request, prepared), SAMPLES)
        glanced.append((found.answer, found.change, time.process_time() - began))

    whole = triage_analysis(analyze(request, on_prepared=look), SAMPLES)
    whole_s = time.process_time() - began
    truth = tomllib.loads((path / "truth.toml").read_text("utf-8"))
    ((first, change, first_s),) = glanced
    kind = truth.get("trigger", {}).get("kind", truth["verdict"])
    return Score(path.name, kind, first, whole.answer, change == whole.change, first_s, whole_s)


if __name__ == "__main__":
    main()
