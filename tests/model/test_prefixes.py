"""What a model made of a beginning is kept on disk, privately and within bounds."""

import os
import stat
from pathlib import Path

from hotfix.model.prefixes import PrefixStore


def _write(data: bytes) -> object:
    return lambda path: bool(path.write_bytes(data))


def test_kept_prefix_is_found_by_the_same_tokens_of_the_same_model_only(tmp_path: Path) -> None:
    """Other tokens, another model or another context find nothing."""
    store = PrefixStore(tmp_path / "kept", "model 8192")
    path = store.keep([1, 2, 3], 5, _write(b"state"))  # type: ignore[arg-type]
    assert path is not None
    assert path.read_bytes() == b"state"
    assert store.find([1, 2, 3]) == path
    assert store.find([1, 2]) is None
    assert PrefixStore(tmp_path / "kept", "model 4096").find([1, 2, 3]) is None
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


def test_damaged_file_is_never_handed_out(tmp_path: Path) -> None:
    """A file whose content changed is removed instead of being shown to native code."""
    store = PrefixStore(tmp_path, "model")
    path = store.keep([1], 5, _write(b"state"))  # type: ignore[arg-type]
    assert path is not None
    path.write_bytes(b"stat")
    assert store.find([1]) is None
    assert list(tmp_path.iterdir()) == []


def test_folder_stays_within_its_size_and_forgets_what_was_not_used(tmp_path: Path) -> None:
    """The file that was used least recently makes room; one that is larger than the folder may be is not kept."""
    store = PrefixStore(tmp_path, "model", most_bytes=10)
    paths = [store.keep([token], 4, _write(b"%d..." % token)) for token in (1, 2)]  # type: ignore[arg-type]
    for age, path in enumerate(paths):
        assert path is not None
        os.utime(path, ns=(age, age))
    assert store.find([1]) == paths[0]  # used now
    assert store.keep([3], 4, _write(b"3...")) is not None  # type: ignore[arg-type]
    assert [store.find([token]) is not None for token in (1, 2, 3)] == [True, False, True]
    assert store.keep([4], 11, _write(b"4")) is None  # type: ignore[arg-type]


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """When the state cannot be written, no half file stays."""

    def fail(path: Path) -> bool:
        path.write_bytes(b"half")
        return False

    assert PrefixStore(tmp_path, "model").keep([1], 4, fail) is None
    assert list(tmp_path.iterdir()) == []


def test_draft_of_a_process_that_was_killed_is_removed(tmp_path: Path) -> None:
    """A worker ended in the middle of writing leaves nothing for ever; one that still writes is left alone."""
    for pid in ("99999999", str(os.getpid())):
        (tmp_path / f"{pid}.part").write_bytes(b"half")
    PrefixStore(tmp_path, "model")
    assert [path.name for path in tmp_path.iterdir()] == [f"{os.getpid()}.part"]
