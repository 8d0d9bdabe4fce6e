"""Learned texts speak for families by how near they are."""

import numpy as np

from hotfix.model.neighbours import Neighbours, compare_places, place_vectors

_AXES = np.eye(4, dtype=np.float32)


def test_nearness_is_the_third_power_of_the_cosine() -> None:
    """The same direction is 1 near, one at sixty degrees an eighth, one at a right angle or beyond not at all."""
    vectors = np.array([[1, 0, 0, 0], [0.5, 0.75**0.5, 0, 0], [0, 1, 0, 0], [-1, 0, 0, 0]], dtype=np.float32)
    near = compare_places(*(place_vectors(one, _AXES) for one in (vectors[:1], vectors)))
    np.testing.assert_allclose(near, [[1, 0.125, 0, 0]], atol=0.02)


def test_places_have_one_length() -> None:
    """What is kept of a vector does not depend on how much of it lies along the directions."""
    inside, outside = (
        place_vectors(np.array([one], dtype=np.float32), _AXES[:, :2]) for one in ([3, 4, 0, 0], [3, 4, 9, 9])
    )
    np.testing.assert_array_equal(inside, outside)


def test_vector_across_all_directions_is_near_nothing() -> None:
    """A vector that no direction knows has no place, and is near no text."""
    place = place_vectors(_AXES[3:], _AXES[:, :3])
    assert (place.tolist(), compare_places(place, place).tolist()) == ([[0, 0, 0]], [[0.0]])


def test_near_texts_speak_loudest() -> None:
    """A text between two learned ones, nearer to the first, scores higher for the family of the first."""
    learned = place_vectors(_AXES[:2], _AXES)
    machine = Neighbours(_AXES, learned, np.eye(2))
    ((first, second),) = machine.score(np.array([[0.8, 0.6, 0, 0]], dtype=np.float32))
    assert first > second > 0
