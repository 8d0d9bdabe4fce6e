from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms import MECHANISMS
from tests.diagnosis.scenes import make_scene
from tests.site import Site


def _save(folder: Path) -> tuple[Path, Site]:
    site = Site(seed=1)
    for moment in site.ticks(1):
        bad = moment > 600 and site.rng.random() < 0.5
        site.python("shop", moment, "ERROR" if bad else "INFO", "could not save order" if bad else "order saved")
    return site.save(folder), site


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_plain_failure_yields_only_sound_clues(name: str, tmp_path: Path) -> None:
    """A clue is of its mechanism, has a strength in 0..1, one line of statement and a place that opens."""
    scene = make_scene(_save(tmp_path)[0])
    for clue in MECHANISMS[name](scene):
        assert clue.mechanism == name
        assert 0 <= clue.strength <= 1
        assert "\n" not in clue.statement
        assert scene.case.open_text(clue.place)


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_scene_without_suspects_is_no_error(name: str, tmp_path: Path) -> None:
    """An incident of which no record tells anything gives no clue that fails."""
    folder, site = _save(tmp_path)
    bare = replace(make_scene(folder, site.at(5)), suspects=(), samples=())
    assert isinstance(list(MECHANISMS[name](bare)), list)


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_same_scene_gives_the_same_clues(name: str, tmp_path: Path) -> None:
    """A mechanism is a function of its scene: a second look finds the same, word for word."""
    folder, _ = _save(tmp_path)
    assert list(MECHANISMS[name](make_scene(folder))) == list(MECHANISMS[name](make_scene(folder)))
