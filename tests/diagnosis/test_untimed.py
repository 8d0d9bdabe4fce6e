"""The last words of a process, which bear no time, are dated by its ends."""

from pathlib import Path

import pytest

from hotfix.diagnosis.diagnose import diagnose
from tests.diagnosis.scenes import make_case
from tests.site import Site

_ENDS = (700.0, 812.0, 960.0, 1090.0)


def _write(folder: Path, last_words: str, count: int) -> Path:
    site = Site(seed=5)
    for moment in site.ticks(4):
        near = any(-1 < moment - end < 1.5 for end in _ENDS)
        site.access(moment, "/stock/7", 502 if near else 200, 0.02)
        if not near:
            site.json("stock", moment, "info", "served", item=site.rng.randrange(999))
    for end in _ENDS:
        stamp = site.at(end).strftime("%Y-%m-%d %H:%M:%S,000")
        site.line("stock/supervisord.log", end, f"{stamp} WARN exited: stock (exit status 3; not expected)")
    for number in range(count):
        site.line("stock/stdout.log", number, last_words)
    return site.save(folder)


def test_last_words_name_the_cause_of_the_ends(tmp_path: Path) -> None:
    """As many untimed errors as ends are their cause, from the first end on."""
    folder = _write(tmp_path, "FATAL: terminating due to java.lang.OutOfMemoryError: Java heap space", 4)
    found = diagnose(make_case(folder))
    assert (found.diagnosis.service, found.diagnosis.category) == ("stock", "out_of_memory")
    assert found.onset == Site(seed=5).at(_ENDS[0])


@pytest.mark.parametrize("count", [1, 9])
def test_untimed_errors_of_another_number_are_not_dated(count: int, tmp_path: Path) -> None:
    """Errors without a time that are more or fewer than the ends may be of any day."""
    folder = _write(tmp_path, "FATAL: terminating due to java.lang.OutOfMemoryError: Java heap space", count)
    assert diagnose(make_case(folder)).diagnosis.category == "crash_loop"
