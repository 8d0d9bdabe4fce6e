"""Weights of the ranker fitted to known incidents, scored with each incident left out, beside the weights in force.

Run: ``python benchmarks/weights.py sample_logs``. Fitting starts from equal weights, knowing only which way each
points; one after the other is moved through STEPS, and what gets most incidents right stays, among equals the one
nearest to equal weights. What is left out is a whole incident. The figure says how far the ranking itself can be
trusted on the next incident; the mechanisms, written by people who had seen the recordings, are not left out by it.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotfix.bench.truth import KnownIncident, find_incidents
from hotfix.core.settings import WEIGHTS
from hotfix.diagnosis.diagnose import gather_leads
from hotfix.diagnosis.ranker import Leads, rank_causes
from hotfix.pipeline import AnalysisRequest, prepare

STEPS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
SWEEPS = 2

_Weights = tuple[float, ...]
_NAMES = tuple(WEIGHTS)
_SIGNS = tuple(1.0 if weight >= 0 else -1.0 for weight in WEIGHTS.values())
_IN_FORCE: _Weights = tuple(WEIGHTS.values())
_EQUAL: _Weights = _SIGNS


@dataclass(slots=True)
class Fitted:
    """One incident, and the answers that were already asked for."""

    known: KnownIncident
    leads: Leads | None  # None: no incident was found, so no weight helps
    answers: dict[_Weights, bool] = field(default_factory=dict)

    def is_right(self, weights: _Weights) -> bool:
        """Tell whether service and family are right at rank 1 with these weights."""
        if weights not in self.answers:
            self.answers[weights] = self._ask(dict(zip(_NAMES, weights, strict=True)))
        return self.answers[weights]

    def _ask(self, weights: Mapping[str, float]) -> bool:
        ranked = rank_causes(self.leads, weights) if self.leads else ()
        truth = (self.known.service, self.known.category)
        return bool(ranked) and (ranked[0].service, ranked[0].category) == truth


def load(folder: Path) -> list[Fitted]:
    """Return the incidents of a folder, ready to be ranked again and again; controls have no cause to rank."""
    found = []
    for known in find_incidents(folder):
        if known.is_control:
            continue
        case = prepare(AnalysisRequest((str(known.logs),))).case
        found.append(Fitted(known, gather_leads(case) if case else None))
    return found


def fit(incidents: Sequence[Fitted]) -> _Weights:
    """Return the weights with the most incidents right, by moving one at a time from equal ones."""
    best = _EQUAL
    for _ in range(SWEEPS):
        for place in range(len(_NAMES)):
            tried = [(*best[:place], _SIGNS[place] * step, *best[place + 1 :]) for step in STEPS]
            best = max((best, *tried), key=lambda weights: (count_right(incidents, weights), -_distance(weights)))
    return best


def count_right(incidents: Sequence[Fitted], weights: _Weights) -> int:
    """Return the number of incidents right at rank 1."""
    return sum(one.is_right(weights) for one in incidents)


def _distance(weights: _Weights) -> float:
    return sum(abs(one - other) for one, other in zip(weights, _EQUAL, strict=True))


def main() -> None:
    """Print the three figures and the weights that were fitted to all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("sample_logs"))
    incidents = load(parser.parse_args().folder)
    whole = fit(incidents)
    left_out = sum(one.is_right(fit([other for other in incidents if other is not one])) for one in incidents)
    total = len(incidents)
    print(f"weights in force (by judgement)       {count_right(incidents, _IN_FORCE)} of {total} right at rank 1")
    print(f"equal weights                         {count_right(incidents, _EQUAL)} of {total}")
    print(f"fitted to all, in sample              {count_right(incidents, whole)} of {total}")
    print(f"fitted to the others, each left out   {left_out} of {total}")
    for name, old, new in zip(_NAMES, _IN_FORCE, whole, strict=True):
        print(f"  {name:<38} {old:+.1f}" + (f" -> {new:+.1f}" if new != old else ""))


if __name__ == "__main__":
    main()
