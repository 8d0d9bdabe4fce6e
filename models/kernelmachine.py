"""Learns to tell cause families apart: texts come in; neighbours, terms and what they say of left-out texts go out.

One kernel machine: least squares, 1 for the true family of a text and 0 for any other, over the sum of what texts share
in meaning, matter and manner. What it says of a text without having learned it, nor any of its phrasing family, follows
from one inverse by algebra and needs no second learning.
Source: Rifkin, Yeo, Poggio, Regularized least-squares classification, 2003, for any block of rows.
"""

from dataclasses import dataclass

import numpy as np
from causetexts import Marks, Rows, Texts
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.linalg.lapack import spotrf, spotri
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from hotfix.model.encoder import Vectors
from hotfix.model.families import Scores
from hotfix.model.lexicon import Lexicon, Numbers
from hotfix.model.neighbours import Neighbours, compare_places, place_vectors

NEARNESS_WIDTH = 128
"""Main directions that vectors are kept along: one third of them, for the size of the file."""

TERM_TEXTS = 2
"""Texts that a term must stand in to be learned."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is not learned but chosen."""

    stiffness: float  # regularisation: how far the machine may stay off a text's true family
    balance: float  # texts of a family weigh as their number to the power of minus this
    manner: float  # weight of manner beside matter and meaning, which weigh 1 each


@dataclass(frozen=True, slots=True)
class Likeness:
    """What texts share with each other, texts × texts, and with what it was counted."""

    texts: Texts
    directions: Vectors
    meant: Vectors
    matter: Vectors
    manner: Vectors


@dataclass(frozen=True, slots=True)
class Parts:
    """What is learned at once: neighbours, and terms of matter and manner."""

    neighbours: Neighbours
    matter: Lexicon
    manner: Lexicon

    def score(self, texts: Texts) -> Scores:
        """Return what each way of looking says of texts."""
        pairs = zip(texts.matter, texts.manner, strict=True)
        worded = [self.matter.score(matter.split()) + self.manner.score(manner.split()) for matter, manner in pairs]
        return Scores(self.neighbours.score(texts.vectors), np.stack(worded), texts.rules)


@dataclass(frozen=True, slots=True)
class Machine:
    """A kernel machine that has learned all texts, and can tell what it would say without some."""

    likeness: Likeness
    setting: Setting
    targets: Numbers
    inverse: Vectors  # of the regularised likeness
    slopes: Numbers  # texts × families

    def judge_without(self, rows: Rows) -> Marks:
        """Return the best family of each of some texts, as a machine would say that learned the others alone."""
        inner = self.inverse[np.ix_(rows, rows)]
        said = self.targets[rows] - solve(inner, self.slopes[rows], assume_a="pos")
        best: Marks = said.argmax(axis=1)
        return best

    def score_without(self, rows: Rows) -> Scores:
        """Return what each way of looking says of some texts, learned from the others alone."""
        left = solve(self.inverse[np.ix_(rows, rows)], self.slopes[rows], assume_a="pos")
        slopes = self.slopes[~rows] - self.inverse[np.ix_(~rows, rows)] @ left
        between = np.ix_(rows, ~rows)
        worded = self.likeness.matter[between] + self.setting.manner * self.likeness.manner[between]
        return Scores(self.likeness.meant[between] @ slopes, worded @ slopes, self.likeness.texts.rules[rows])

    def list_parts(self) -> Parts:
        """Return what was learned as the product uses it."""
        texts, directions = self.likeness.texts, self.likeness.directions
        neighbours = Neighbours(directions, place_vectors(texts.vectors, directions), self.slopes)
        shares = ((texts.matter, 1.0), (texts.manner, self.setting.manner))
        matter, manner = (self._learn_lexicon(terms, share) for terms, share in shares)
        return Parts(neighbours, matter, manner)

    def _learn_lexicon(self, terms: NDArray[np.str_], share: float) -> Lexicon:
        counting, counts = count_terms(terms)
        return Lexicon(
            tuple(counting.get_feature_names_out().tolist()), counting.idf_, share * (counts.T @ self.slopes)
        )


def compare_texts(texts: Texts) -> Likeness:
    """Return what texts share with each other."""
    directions = np.linalg.eigh(texts.vectors.T @ texts.vectors)[1][:, -NEARNESS_WIDTH:]
    places = place_vectors(texts.vectors, directions)
    matter, manner = (compare_terms(count_terms(terms)[1]) for terms in (texts.matter, texts.manner))
    return Likeness(texts, directions, compare_places(places, places), matter, manner)


def count_terms(terms: NDArray[np.str_]) -> tuple[TfidfVectorizer, csr_matrix]:
    """Return what terms weigh, and how much of each a text has."""
    counting = TfidfVectorizer(analyzer=str.split, sublinear_tf=True, min_df=TERM_TEXTS)
    return counting, counting.fit_transform(terms)


def compare_terms(counts: csr_matrix) -> Vectors:
    """Return how much texts share of their terms."""
    shared: Vectors = (counts @ counts.T).toarray().astype(np.float32)
    return shared


def learn_machine(likeness: Likeness, setting: Setting) -> Machine:
    """Return the machine that learned all texts."""
    truth = likeness.texts.truth
    counts = np.bincount(truth)
    weights = counts[truth] ** -setting.balance
    kernel = likeness.meant + likeness.matter + np.float32(setting.manner) * likeness.manner
    kernel[np.diag_indices(len(kernel))] += setting.stiffness * weights.mean() / weights
    targets = np.eye(len(counts))[truth] - 1 / len(counts)
    inverse = invert(kernel)
    return Machine(likeness, setting, targets, inverse, inverse @ targets)


def invert(kernel: Vectors) -> Vectors:
    """Return the inverse of a symmetric matrix without negative or zero eigenvalues."""
    factor, trouble = spotrf(kernel, lower=1, overwrite_a=1)
    half, more = spotri(factor, lower=1, overwrite_c=1)
    if trouble or more:
        raise SystemExit("expected texts whose likeness can be inverted; is the stiffness 0?")
    whole: Vectors = np.tril(half) + np.tril(half, -1).T
    return whole
