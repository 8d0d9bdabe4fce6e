"""No mechanism of numbers, jobs, quoted times and forerunners fails on hostile or meagre logs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms.coincidence import find_coincidences
from hotfix.diagnosis.mechanisms.contract import Clue, Mechanism
from hotfix.diagnosis.mechanisms.numbers import find_numbers
from hotfix.diagnosis.mechanisms.precursors import find_precursors
from hotfix.diagnosis.mechanisms.windows import find_windows
from tests.diagnosis.scenes import make_scene
from tests.site import Site

_HOSTILE = (
    "certificate valid until 9999-12-31 23:59:59",
    "expires 0001-01-01 00:00:00 and 9999999999 and 9999999999999",
    "lease expires in 999999 days",
    "disk 1e308% used, 1e999 MB of 0 MB, -5 of -5",
    "started finished started <*> <*> <*>",
    "from to was from to -> => 0 removed",
    "x" * 2_000 + " 17",
    "a=" * 800,
    '{"a": ' * 400,
    "job \x1b[31mstarted\x1b[0m \udcff <script>",
    "offset +99:99 25:61:61 Feb 31 12:00:00 2026 GMT",
)


def _few(site: Site) -> None:
    site.plain("lone", 3, "only one record 17")


def _together(site: Site) -> None:
    for _ in range(40):
        site.plain("burst", 5, f"value {site.rng.randrange(9)} of 9, job started, job finished")


def _hostile(site: Site) -> None:
    for second in range(0, 1200, 4):
        text = site.rng.choice(_HOSTILE).encode("utf-8", "replace").decode()
        site.plain("odd", second, text)
        site.json("json", second, "info", text[:200], value=text[:50], deep={"a": {"b": {"c": {"d": {"e": 1}}}}})
        site.plain("odd", second, "ERROR it failed")


@pytest.mark.parametrize("write", [_few, _together, _hostile])
@pytest.mark.parametrize("mechanism", [find_numbers, find_windows, find_coincidences, find_precursors])
@pytest.mark.parametrize("onset", [0.0, 5.0, 600.0, 1199.0])
def test_never_raises(tmp_path: Path, mechanism: Mechanism, write: Callable[[Site], None], onset: float) -> None:
    """Whatever the logs say, a mechanism returns clues with a strength between 0 and 1."""
    site = Site(seed=1)
    write(site)
    clues: list[Clue] = list(mechanism(make_scene(site.save(tmp_path), site.at(onset))))
    assert [clue for clue in clues if not 0 <= clue.strength <= 1] == []
