"""Templates that were compiled once are kept, and nothing depends on it."""

from pathlib import Path

import pytest

from hotfix.report.document import render_document
from tests.report.analyses import incident


def test_reports_are_the_same_with_a_cache_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiled template that is kept, damaged or cannot be kept changes no report."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = render_document(incident())
    kept = list((tmp_path / "hotfix" / "templates").iterdir())
    assert len(kept) == 1
    assert render_document(incident()) == first
    kept[0].write_bytes(b"damaged")
    assert render_document(incident()) == first
    monkeypatch.setenv("XDG_CACHE_HOME", str(kept[0]))
    assert render_document(incident()) == first
