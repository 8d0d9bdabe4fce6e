"""Processes that end badly again and again are an incident when each end takes the calls of others with it."""

from collections.abc import Callable

import numpy as np
import pytest

from hotfix.core.facts import Change, Level, Metric, Shape
from hotfix.signal.changes import find_changes
from hotfix.signal.endwords import says_bad_end
from tests.signal.incidents import PATHS, Log, describe, seconds

_ENDS = (560.0, 655.0, 790.0, 930.0)
_SINCE_EVER = (60.0, 190.0, 420.0, 530.0, 700.0, 880.0)
_EXIT = "exited: stock (exit status 3; not expected)"


def _serve(seed: int, bursts: tuple[float, ...], each: int = 9) -> Log:
    """Return steady traffic of two services, the callers' with bursts of errors."""
    log = Log(seed, 1000)
    log.serve(log.spread(6), service="stock").serve(log.spread(6), service="web")
    for start in bursts:
        log.write(start + np.sort(log.rng.uniform(-1.5, 1.5, each)), "upstream closed connection", "error", "web")
    return log


def _changes(log: Log) -> tuple[Change, ...]:
    records = log.records()
    return find_changes(records, describe(records), PATHS)


def test_crashes_with_errors_of_callers_are_found() -> None:
    """Four crashes with a few failed calls each are a change of both services, from the first one on."""
    log = _serve(3, _ENDS).write(np.array(_ENDS), _EXIT, "warn", "stock")
    found = {(one.service, one.metric): one for one in _changes(log) if one.shape is Shape.INTERMITTENT}
    assert found.keys() == {("stock", Metric.TEMPLATE_COUNT), ("web", Metric.ERROR_RATIO)}
    assert seconds(found["stock", Metric.TEMPLATE_COUNT].at) == pytest.approx(_ENDS[0], abs=0.01)
    assert {one.until for one in found.values()} == {None}


_QUIET: dict[str, Callable[[], Log]] = {
    "crashes that nobody feels": lambda: _serve(3, ()).write(np.array(_ENDS), _EXIT, "warn", "stock"),
    "errors at other times": lambda: _serve(3, (510, 610, 700, 860)).write(np.array(_ENDS), _EXIT, "warn", "stock"),
    "crashes since the beginning": lambda: _serve(3, _SINCE_EVER).write(np.array(_SINCE_EVER), _EXIT, "warn", "stock"),
    "planned restarts": lambda: _serve(3, _ENDS).write(np.array(_ENDS), "stopped: stock (terminated by SIGTERM)"),
    "one crash": lambda: _serve(3, _ENDS[:1]).write(np.array(_ENDS[:1]), _EXIT, "warn", "stock"),
}


@pytest.mark.parametrize("case", _QUIET)
def test_other_ends_and_errors_are_silent(case: str) -> None:
    """Ends without harm, harm without ends, the usual, the planned and the single crash are no change."""
    assert _changes(_QUIET[case]()) == ()


@pytest.mark.parametrize(
    ("text", "level", "bad"),
    [
        (_EXIT, Level.WARN, True),
        ("Worker (pid:<*>) exited with code <*>.", Level.ERROR, True),
        ("stock.service: Main process exited, code=dumped, status=<*>/ABRT (core dumped)", None, True),
        ("container stock was OOMKilled, terminated", None, True),
        ("Worker (pid:<*>) was sent SIGKILL!", Level.ERROR, True),
        ("stopped: stock (terminated by SIGTERM)", Level.WARN, False),
        ("Worker exiting (pid: <*>)", Level.INFO, False),
        ("session terminated by user", Level.WARN, False),
        ("job exited with status <*>", Level.INFO, False),
        ("cannot save order", Level.ERROR, False),
    ],
)
def test_words_of_a_bad_end(text: str, level: Level | None, *, bad: bool) -> None:
    """A serious record of an end is a bad one unless it was planned; a mild record must say so."""
    assert says_bad_end(text, level) is bad
