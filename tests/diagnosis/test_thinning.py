"""Big logs are thinned out for the mechanisms, and what they tell is counted in the whole."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from hotfix.core.settings import THINNED_ABOVE
from hotfix.diagnosis.mechanisms.silence import find_silence
from hotfix.diagnosis.thinning import thin_case
from tests.diagnosis.scenes import make_scene
from tests.site import START

_RELAYED, _SERVED = 250_000, 120_000
_STOPPED = START + timedelta(seconds=1000)


def _stamp(seconds: float) -> str:
    return (START + timedelta(milliseconds=int(seconds * 1000))).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]


def _write_logs(folder: Path) -> None:
    """Write a relay that stops after 1,000 of 1,500 seconds, and a shop that fails from then on."""
    relay = [f"{_stamp(1000 * n / _RELAYED)} INFO relay: forwarded message {n}" for n in range(_RELAYED)]
    shop = [
        f"{_stamp(at)} INFO shop: served order {n}" if at < 1000 or n % 9 else f"{_stamp(at)} ERROR shop: relay is gone"
        for n, at in ((n, 1500 * n / _SERVED) for n in range(_SERVED))
    ]
    for name, lines in (("relay", relay), ("shop", shop)):
        (folder / f"{name}.log").write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with more records than are left whole."""
    made = tmp_path_factory.mktemp("big")
    _write_logs(made)
    return made


def test_frequent_messages_keep_their_share_and_rare_ones_all(folder: Path) -> None:
    """No more is kept than is meant, every message is still there, and the time around the onset is whole."""
    scene = make_scene(folder, _STOPPED)
    thin = thin_case(scene.case, scene.incident).records.collect()
    whole = scene.whole.collect()
    near = pl.col("time").is_between(_STOPPED - timedelta(seconds=5), _STOPPED + timedelta(seconds=5))
    assert len(whole) == _RELAYED + _SERVED
    assert len(thin) <= THINNED_ABOVE + len(whole.filter(near))
    assert set(thin["template_id"]) == set(whole["template_id"])
    assert len(thin.filter(near)) == len(whole.filter(near))


def test_what_is_told_is_counted_in_the_whole(folder: Path) -> None:
    """A silence found in thinned records tells the number of all records and the time of the very last one."""
    scene = make_scene(folder, _STOPPED)
    thinned = type(scene)(
        thin_case(scene.case, scene.incident), scene.incident, scene.suspects, scene.samples, scene.whole
    )
    (clue,) = [clue for clue in find_silence(thinned) if clue.service == "relay"]
    assert f"{_RELAYED:,} records" in clue.statement
    assert clue.at == datetime.strptime(f"{_stamp(1000 * (_RELAYED - 1) / _RELAYED)}+0000", "%Y-%m-%d %H:%M:%S,%f%z")
