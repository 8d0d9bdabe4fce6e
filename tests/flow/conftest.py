"""One way from logs to the review, gone once for all tests of this folder."""

import shutil
from pathlib import Path

import pytest

from tests.flow.ways import SAMPLE, Place, go

COMPLETE = ("--repo", str(SAMPLE / "repo.bundle"), "--yes-to-documents")


@pytest.fixture(scope="session")
def _gone(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("way"))
    done = go(place.path, "run", str(SAMPLE / "logs"), "--no-model", "--json", *COMPLETE)
    assert done.returncode == 1, done.stderr
    (place.path / "answer.json").write_text(done.stdout, "utf-8")
    (place.path / "said.txt").write_text(done.stderr, "utf-8")
    return place


@pytest.fixture
def gone(_gone: Place, tmp_path: Path) -> Place:
    """Return a copy of a way that came to its end, with patch and tests."""
    shutil.copytree(_gone.path, tmp_path / "way")
    return Place(tmp_path / "way")
