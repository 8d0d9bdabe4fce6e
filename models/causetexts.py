"""Reads the texts that cause families are learned from, as the product sees them: terms, vectors, what the rules find.

`models/phrasings/` holds one file a cause family, one key a phrasing family: one way of telling one cause. The sets
with which the rules were tuned are learned from as well.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotfix.diagnosis.causes import classify_text
from hotfix.model.encoder import Vectors
from hotfix.model.families import spread_matches
from hotfix.model.lexicon import Numbers
from hotfix.model.meaning import Meaning
from hotfix.model.terms import read_terms

ROOT = Path(__file__).parents[1]
PHRASINGS = ROOT / "models" / "phrasings"
TUNED = [ROOT / "tests" / "diagnosis" / "phrasings" / f"{name}.toml" for name in ("seen", "seen_second", "seen_third")]
"""Texts that the rules were tuned with: fine to learn from, no measure of rules."""

FOLDS = 10
"""Two or three of the phrasing families of each cause are left out together."""

Marks = NDArray[np.int64]
"""One number for each text, of its true family or of its fold."""

Rows = NDArray[np.bool_]
"""Which of the texts."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One text and what is true of it."""

    text: str
    cause: str
    fold: int  # in which it is left out; -1 for texts that are always learned from


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as they are learned from, one row each; terms are joined by blanks."""

    matter: NDArray[np.str_]
    manner: NDArray[np.str_]
    vectors: Vectors
    rules: Numbers  # confidence of the rules, texts × families
    truth: Marks

    def select(self, rows: Rows | Marks) -> "Texts":
        """Return some of the rows."""
        return Texts(self.matter[rows], self.manner[rows], self.vectors[rows], self.rules[rows], self.truth[rows])


def read_phrasings() -> Iterator[Phrasing]:
    """Yield every text; the phrasing families of a cause are dealt to the folds in turn."""
    for path in sorted(PHRASINGS.glob("*.toml")):
        for number, texts in enumerate(tomllib.loads(path.read_text("utf-8")).values()):
            yield from (Phrasing(text, path.stem, number % FOLDS) for text in texts)
    for path in TUNED:
        for cause, families in tomllib.loads(path.read_text("utf-8")).items():
            yield from (Phrasing(text, cause, -1) for texts in families.values() for text in texts)


def prepare_texts(phrasings: Sequence[Phrasing], families: Sequence[str]) -> Texts:
    """Return texts as the product sees them.

    Raises:
        SystemExit: the encoder gave no vectors.
    """
    terms = [read_terms(one.text) for one in phrasings]
    with Meaning() as meaning:
        vectors = [meaning.find_vector(one.words or "nothing") for one in terms]
    if meaning.trouble:
        raise SystemExit(meaning.trouble)
    return Texts(
        matter=np.array([" ".join(one.matter) for one in terms]),
        manner=np.array([" ".join(one.manner) for one in terms]),
        vectors=np.stack([vector for vector in vectors if vector is not None]),
        rules=np.stack([spread_matches(classify_text(one.text), families) for one in phrasings]),
        truth=np.array([families.index(one.cause) for one in phrasings]),
    )
