"""Errors that come in each run of another service's job are an incident, however few; at other times they are not."""

from collections.abc import Callable

import numpy as np
import pytest

from hotfix.core.facts import Change, Metric, Shape
from hotfix.signal.changes import find_changes
from hotfix.signal.jobwords import Edge, read_edge
from tests.signal.incidents import PATHS, Log, describe, seconds

_STARTS = (200.0, 360.0, 520.0, 680.0, 840.0)
_UNEVEN = (150.0, 390.0, 480.0, 700.0, 860.0)


def _run(starts: tuple[float, ...], lags: tuple[float, ...], length: float = 50, own: str = "vault") -> Log:
    """Return steady traffic, a job that runs at some times, and nine errors some while behind each start."""
    log = Log(4, 1000).serve(Log(4, 1000).spread(6), service="web")
    log.write(np.array(starts), "job weekly copy started", service=own)
    log.write(np.array(starts) + length, "job weekly copy finished", service=own)
    for start, lag in zip(starts, lags, strict=True):
        log.write(start + lag + np.sort(log.rng.uniform(0, 8, 9)), "no answer in time", "error", "web")
    return log


def _changes(log: Log) -> tuple[Change, ...]:
    records = log.records()
    return find_changes(records, describe(records), PATHS)


@pytest.mark.parametrize(("starts", "shape"), [(_STARTS, Shape.PERIODIC), (_UNEVEN, Shape.INTERMITTENT)])
def test_errors_in_each_run_of_a_job_are_found(starts: tuple[float, ...], shape: Shape) -> None:
    """Nine errors some seconds behind each start are a change from the first of them on, regular as the job is."""
    found = [one for one in _changes(_run(starts, (12, 13, 11, 14, 12))) if one.service == "web"]
    assert [(one.metric, one.shape) for one in found] == [(Metric.ERROR_RATIO, shape), (Metric.TEMPLATE_COUNT, shape)]
    assert seconds(found[0].at) == pytest.approx(starts[0] + 12, abs=4)


_QUIET: dict[str, Callable[[], Log]] = {
    "errors at any time of the runs": lambda: _run(_STARTS, (2, 80, 41, 130, 100)),
    "a job that nearly always runs": lambda: _run(_STARTS, (12, 13, 11, 14, 12), 130),
    "errors between the runs": lambda: _run(_STARTS, (90, 91, 92, 90, 91)),
    "two runs": lambda: _run(_STARTS[:2], (12, 13)),
    "the job of the service itself": lambda: _run(_STARTS, (2, 80, 41, 130, 100), own="web"),
    "no errors": lambda: _run(_STARTS, (12, 13, 11, 14, 12)).drop("error"),
}


@pytest.mark.parametrize("case", _QUIET)
def test_other_errors_and_jobs_are_silent(case: str) -> None:
    """Errors that keep no distance from the starts, lie between runs, or meet a job only twice are no change."""
    assert [one for one in _changes(_QUIET[case]()) if one.metric is Metric.ERROR_RATIO] == []


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("job weekly-copy started, target <*>", Edge(True, False, frozenset({"weekly", "copy", "target"}))),
        ("CopyTask ended after <*> s", Edge(False, True, frozenset({"copy"}))),
        ("served a request in <*> ms", None),
    ],
)
def test_words_tell_begin_and_end(text: str, edge: Edge | None) -> None:
    """A message starts or finishes something, of which the other words are the name."""
    assert read_edge(text) == edge
