"""Vectors are kept by key, for their owner alone, up to a cap; a store that fails costs time and nothing else."""

import stat
from pathlib import Path

import numpy as np

from hotfix.model.vectors import VectorStore


def _vector(number: int) -> np.ndarray:
    return np.array([number, number / 2], dtype=np.float16)


def test_kept_vector_is_found(tmp_path: Path) -> None:
    """What was kept is found by its key alone, by another store over the same file too."""
    VectorStore(tmp_path / "v.db").keep({b"a": _vector(1), b"b": _vector(2)})
    found = VectorStore(tmp_path / "v.db").find([b"b", b"c"])
    assert {key: vector.tolist() for key, vector in found.items()} == {b"b": [2.0, 1.0]}


def test_oldest_are_forgotten(tmp_path: Path) -> None:
    """Beyond the cap the oldest vectors go."""
    store = VectorStore(tmp_path / "v.db", most=2)
    for number, key in enumerate([b"a", b"b", b"c"]):
        store.keep({key: _vector(number)})
    assert sorted(store.find([b"a", b"b", b"c"])) == [b"b", b"c"]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    """Neither the folder nor the file is open to others."""
    path = tmp_path / "cache" / "v.db"
    VectorStore(path).keep({b"a": _vector(1)})
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path)]
    assert modes == [0o700, 0o600]


def test_damaged_store_is_made_anew(tmp_path: Path) -> None:
    """A file that is no store is thrown away, and the next vectors are kept."""
    path = tmp_path / "v.db"
    path.write_bytes(b"no database " * 100)
    store = VectorStore(path)
    assert store.find([b"a"]) == {}
    store.keep({b"a": _vector(1)})
    assert list(store.find([b"a"])) == [b"a"]


def test_place_that_cannot_be_used(tmp_path: Path) -> None:
    """Where no folder can be made, nothing is kept and nothing fails."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    store = VectorStore(tmp_path / "file" / "v.db")
    store.keep({b"a": _vector(1)})
    assert store.find([b"a"]) == {}
