"""The cache folder: where it is, and that nothing depends on it."""

from pathlib import Path

from hotfix.core.cache import find_cache, make_private


def test_it_lies_where_the_user_says() -> None:
    """What is kept can be deleted at any time: it lies in the cache."""
    assert find_cache("prefixes", {"XDG_CACHE_HOME": "/c"}) == Path("/c/hotfix/prefixes")
    assert find_cache("prefixes", {}) == Path.home() / ".cache/hotfix/prefixes"


def test_only_the_user_can_enter(tmp_path: Path) -> None:
    """A folder that cannot be made is told, not raised."""
    assert make_private(tmp_path / "own" / "kept")
    assert (tmp_path / "own" / "kept").stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_text("no folder")
    assert not make_private(tmp_path / "file")
