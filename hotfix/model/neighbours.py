"""Tells cause families apart by learned texts of a near meaning: vectors come in, a score for each family goes out.

A kernel machine: each learned text speaks with the third power of the cosine between it and the text in question, so
that near ones count and far ones do not. Vectors are kept along their main directions, one byte each.
Source: Schölkopf, Smola, Learning with Kernels, chapter 2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotfix.model.encoder import Vectors
from hotfix.model.lexicon import Numbers

_UNIT = 127.0
"""What 1 is in a byte; the cosine of two places is then off by a three-hundredth or so."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Texts that were learned, and how strongly each speaks for each family."""

    directions: Vectors  # width of a vector × width of a place
    places: NDArray[np.int8]  # learned texts × width of a place
    slopes: Numbers  # learned texts × families

    def score(self, vectors: Vectors) -> Numbers:
        """Return a score for each family, one row a vector."""
        scores: Numbers = compare_places(place_vectors(vectors, self.directions), self.places) @ self.slopes
        return scores


def place_vectors(vectors: Vectors, directions: Vectors) -> NDArray[np.int8]:
    """Return where vectors point along some directions, unit length in bytes."""
    along = vectors @ directions
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.round(along * _UNIT).astype(np.int8)


def compare_places(places: NDArray[np.int8], others: NDArray[np.int8]) -> Vectors:
    """Return how near each of the places is to each of the others, 0..1.

    Without BLAS, whose threads cost more than this takes; sums of so few products of bytes are exact in a float.
    """
    cosines = np.einsum("ij,kj->ik", places, others, dtype=np.float32) / np.float32(_UNIT**2)
    near: Vectors = np.maximum(cosines, 0) ** 3
    return near
