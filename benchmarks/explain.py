"""Accuracy of `hotfix explain` on error texts that are split by phrasing family, and its speed.

    python benchmarks/explain.py [--misses] [--folder tests/diagnosis/phrasings]

`seen` holds phrasings that the rules were written with in sight, `heldout` those that are not read while rules are
tuned; `--misses` therefore lists misses of `seen` only. A claim is right when its first family is the written one.
Confidence is judged by the share of claims at or above 0.8 that are right.
"""

import argparse
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.diagnosis.causes import classify_text, load_causes

PHRASINGS = Path(__file__).parents[1] / "tests" / "diagnosis" / "phrasings"
SURE = 0.8
"""Confidence from which a claim must hold."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said of one text, beside what is true."""

    text: str
    truth: str
    said: str
    confidence: float
    by: str

    @property
    def right(self) -> bool:
        """Whether the family is the written one."""
        return self.said == self.truth


@dataclass(frozen=True, slots=True)
class Score:
    """How well a set of claims holds, shares 0..1."""

    claims: int
    accuracy: float
    sure: int  # claims of a cause at SURE or more
    sure_right: float


def read_phrasings(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (text, true family) of a file of phrasings."""
    for cause, families in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for texts in families.values():
            yield from ((text, cause) for text in texts)


def make_claims(path: Path) -> list[Claim]:
    """Return what is said of every text of a file."""
    matches = ((text, truth, classify_text(text)[0]) for text, truth in read_phrasings(path))
    return [Claim(text, truth, match.category, match.confidence, match.by) for text, truth, match in matches]


def score_claims(claims: Sequence[Claim]) -> Score:
    """Return the accuracy and the share of sure claims that are right."""
    sure = [claim for claim in claims if claim.confidence >= SURE]
    return Score(
        claims=len(claims),
        accuracy=sum(claim.right for claim in claims) / len(claims),
        sure=len(sure),
        sure_right=sum(claim.right for claim in sure) / max(len(sure), 1),
    )


def time_claims_ms(texts: Sequence[str], rounds: int = 5) -> float:
    """Return the mean time to classify one text, milliseconds."""
    begun = time.perf_counter()
    for _ in range(rounds):
        for text in texts:
            classify_text(text)
    return (time.perf_counter() - begun) * 1000 / (rounds * len(texts))


def _print_families(sets: dict[str, list[Claim]]) -> None:
    print(f"{'family':28}" + "".join(f"{name:>18}" for name in sets))
    for cause in load_causes():
        cells = [[claim.right for claim in claims if claim.truth == cause] for claims in sets.values()]
        print(f"{cause:28}" + "".join(f"{f'{sum(cell)}/{len(cell)}':>18}" for cell in cells))


def main() -> None:
    """Print the scores of every file of phrasings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=PHRASINGS)
    parser.add_argument("--misses", action="store_true", help="list the misses of the seen phrasings")
    options = parser.parse_args()
    sets = {path.stem: make_claims(path) for path in sorted(options.folder.glob("*.toml"))}
    _print_families(sets)
    for name, claims in sets.items():
        score, ms = score_claims(claims), time_claims_ms([claim.text for claim in claims])
        print(
            f"{name}: {score.accuracy:.3f} of {score.claims} right; of {score.sure} claims >= {SURE} "
            f"{score.sure_right:.3f} right; {ms:.3f} ms per text"
        )
    if options.misses:
        for claim in sets.get("seen", []):
            if not claim.right:
                print(f"{claim.truth} -> {claim.said} {claim.confidence} [{claim.by}] {claim.text!r}")


if __name__ == "__main__":
    main()
