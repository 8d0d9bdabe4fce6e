"""Accuracy of `hotfix explain` on error texts that are split by phrasing family, and its speed.

    python benchmarks/explain.py [--misses] [--folder tests/diagnosis/phrasings]

Three ways of naming a family are compared: the rules alone, the encoder alone, and both together, as the product does.
The sets `seen*` hold phrasings that rules were tuned and the encoder was trained with; `heldout`, `fresh` and `aside`
those that were not read meanwhile (`heldout` and `fresh` were while rules grew). `--misses` lists misses of seen sets
only. A claim is right when its first family is the written one. Confidence is judged by the share of claims at or
above 0.8 that are right. What families that were left out of the training say is printed by `models/train_causes.py`.
"""

import argparse
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.diagnosis.causes import CauseMatch, Role, classify_text, load_causes
from hotfix.model.families import FamilyReader, load_family_model
from hotfix.model.meaning import Meaning
from hotfix.model.terms import read_terms

PHRASINGS = Path(__file__).parents[1] / "tests" / "diagnosis" / "phrasings"
SURE = 0.8
"""Confidence from which a claim must hold."""

Name = Callable[[str], CauseMatch]
"""A way of naming the family of a text."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said of one text, beside what is true."""

    text: str
    truth: str
    said: CauseMatch

    @property
    def right(self) -> bool:
        """Whether the family is the written one."""
        return self.said.category == self.truth


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


def make_claims(path: Path, name: Name) -> list[Claim]:
    """Return what is said of every text of a file."""
    return [Claim(text, truth, name(text)) for text, truth in read_phrasings(path)]


def list_ways(meaning: Meaning) -> Mapping[str, Name]:
    """Return the ways of naming a family that are compared."""
    reader, model = FamilyReader(meaning), load_family_model()

    def ask_encoder(text: str) -> CauseMatch:
        vector = meaning.find_vector(read_terms(text).words or "nothing")
        if vector is None:
            raise SystemExit(meaning.trouble)
        (shares,) = model.share_meaning(vector[None])
        return CauseMatch(model.families[int(shares.argmax())], Role.CAUSE, float(shares.max()), "encoder")

    return {
        "rules": lambda text: classify_text(text)[0],
        "encoder": ask_encoder,
        "together": lambda text: reader.classify(text)[0],
    }


def score_claims(claims: Sequence[Claim]) -> Score:
    """Return the accuracy and the share of sure claims that are right."""
    sure = [claim for claim in claims if claim.said.confidence >= SURE]
    return Score(
        claims=len(claims),
        accuracy=sum(claim.right for claim in claims) / len(claims),
        sure=len(sure),
        sure_right=sum(claim.right for claim in sure) / max(len(sure), 1),
    )


def time_claims_ms(texts: Sequence[str], name: Name) -> float:
    """Return the mean processor time to name the family of one text, milliseconds."""
    begun = time.process_time()
    for text in texts:
        name(text)
    return (time.process_time() - begun) * 1000 / len(texts)


def _print_families(sets: Mapping[str, Sequence[Claim]]) -> None:
    print(f"{'both together, right':28}" + "".join(f"{name:>14}" for name in sets))
    for cause in load_causes():
        cells = [[claim.right for claim in claims if claim.truth == cause] for claims in sets.values()]
        print(f"{cause:28}" + "".join(f"{f'{sum(cell)}/{len(cell)}':>14}" for cell in cells))


def main() -> None:
    """Print the scores of every file of phrasings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=PHRASINGS)
    parser.add_argument("--misses", action="store_true", help="list the misses of the seen phrasings")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.toml"))
    with Meaning() as meaning:
        ways = list_ways(meaning)
        claims = {way: {path.stem: make_claims(path, name) for path in paths} for way, name in ways.items()}
        _print_families(claims["together"])
        for path in paths:
            for way, name in ways.items():
                score = score_claims(claims[way][path.stem])
                ms = time_claims_ms([text for text, _ in read_phrasings(path)], name)
                print(
                    f"{path.stem:12} {way:9} {score.accuracy:.3f} of {score.claims} right; of {score.sure} claims "
                    f">= {SURE} {score.sure_right:.3f} right; {ms:.3f} ms per known text"
                )
    if options.misses:
        for claim in (one for path in paths if path.stem.startswith("seen") for one in claims["together"][path.stem]):
            if not claim.right:
                print(f"{claim.truth} -> {claim.said.category} {claim.said.confidence} {claim.text!r}")


if __name__ == "__main__":
    main()
