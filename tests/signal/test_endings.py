"""Which services fell silent, and which logs merely end before the others."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
import pytest

from hotfix.core.facts import Metric
from hotfix.core.settings import FAREWELL_S
from hotfix.signal.changes import find_changes
from hotfix.signal.endings import Settled, settle_silences
from tests.signal.incidents import PATHS, Log, describe, seconds

_STOP = 330.0


def _log(stop: float = _STOP, back: float = 600.0) -> Log:
    """Return ten minutes of a service that goes on and of "web", which does not speak between two moments."""
    log = Log(10, 600)
    log.serve(log.spread(20))
    times = log.spread(5)
    return log.serve(times[(times < stop) | (times > back)], service="web")


def _settle(log: Log, *, one_file: bool = False) -> Settled:
    """Return what becomes of the changes when "web" has a file of its own, or one with all others."""
    ident = pl.lit(0) if one_file else (pl.col("service") == "web").cast(pl.Int64)
    records = log.records().with_columns(file_id=ident.cast(pl.UInt32))
    templates = describe(records)
    return settle_silences(find_changes(records, templates, PATHS), records, templates, PATHS)


def _silent(settled: Settled) -> set[str]:
    return {change.service for change in settled.changes if change.metric is Metric.VOLUME}


def test_log_that_ends_before_the_others_is_no_change() -> None:
    """A file that was collected earlier is told with its last time; nothing says that its service stopped."""
    log = _log()
    settled = _settle(log)
    (ending,) = settled.endings
    last = max(row[0] for row in log.rows if row[1] == "web")
    assert (settled.changes, settled.stopped, ending.service) == ((), frozenset(), "web")
    assert seconds(ending.last) == pytest.approx(last)
    assert ending.describe().startswith("the log of web ends at 2026-03-02T09:05:")
    assert ending.describe().endswith(" before the others")


def _fail(log: Log) -> None:
    log.write(np.sort(log.rng.uniform(_STOP + 20, 600, 400)), "call to web failed", "error")


def _slow(log: Log) -> None:
    times = log.spread(10)
    log.serve(times, 0.0, np.where(times > _STOP, 9, 1) * log.rng.lognormal(3, 0.5, len(times)), "front")


def _say_goodbye(log: Log) -> None:
    log.write(np.array([_STOP - 1]), "received SIGTERM, shutting down", service="web")


def _be_killed(log: Log) -> None:
    log.write(np.array([_STOP + 1]), "Out of memory: killed process <*> (web)", service="kernel")


_SIGNS: Mapping[str, Callable[[Log], None]] = {
    "another fails": _fail,
    "another is slow": _slow,
    "it says so": _say_goodbye,
    "the kernel says so": _be_killed,
}


@pytest.mark.parametrize("sign", _SIGNS)
def test_silence_that_something_else_shows_stands(sign: str) -> None:
    """A service fell silent where another begins to fail or to be slow then, or where records tell of its end."""
    log = _log()
    _SIGNS[sign](log)
    settled = _settle(log)
    assert (_silent(settled), settled.endings) == ({"web"}, ())
    assert settled.stopped == (frozenset({"web"}) if "says so" in sign else frozenset())
    assert [change.id for change in settled.changes] == [f"C{n}" for n in range(1, len(settled.changes) + 1)]


def test_silence_stands_where_others_go_on_in_the_same_file() -> None:
    """A file that was read to the end without the service was not collected too early."""
    assert _silent(_settle(_log(), one_file=True)) == {"web"}


def test_silence_that_ends_inside_the_data_stands() -> None:
    """A service that speaks again was silent, whatever else happened."""
    settled = _settle(_log(back=450))
    assert (_silent(settled), settled.endings) == ({"web"}, ())


def test_failure_long_after_the_end_of_a_log_shows_nothing() -> None:
    """What begins to fail much later has nothing to do with the last record of a log."""
    log = Log(10, 3600)
    log.serve(log.spread(5))
    times = log.spread(2)
    log.serve(times[times < 1500], service="web")
    log.write(np.sort(log.rng.uniform(2700, 3600, 400)), "call to billing failed", "error")
    settled = _settle(log)
    assert (_silent(settled), [ending.service for ending in settled.endings]) == (set(), ["web"])
    assert {change.template_id for change in settled.changes} == {None, "call to billing failed"}


def test_message_that_always_tells_of_ends_shows_nothing() -> None:
    """Sessions that are terminated all the time do not tell that their service was."""
    log = _log()
    log.write(np.arange(5, _STOP, FAREWELL_S / 6), "session <*> terminated", service="web")
    assert [ending.service for ending in _settle(log).endings] == ["web"]
