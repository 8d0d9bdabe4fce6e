"""Runs the analysis on known incidents, each in a fresh process: seconds and memory are those of a user's run."""

import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TypeVar

from hotfix.bench.naive import Answer, Scene, count_errors, judge_naively
from hotfix.bench.scoring import Score, score_analysis
from hotfix.bench.truth import KnownIncident
from hotfix.core.errors import HotfixError
from hotfix.core.facts import Place
from hotfix.core.garbage import run_short
from hotfix.model.opening import open_named

_COMMAND = "hotfix bench"
_KIBI = 1024
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Options:
    """How a set is run."""

    without: frozenset[str] = frozenset()  # names of mechanisms that are switched off
    naive: bool = False  # ask the naive rules as well
    model: str | None = None  # name of a model of the catalogue that words the diagnosis


def run_incidents(known: Sequence[KnownIncident], options: Options) -> Iterator[Score]:
    """Yield the score of each incident, in their order.

    Raises:
        HotfixError: an analysis could not be made; the message names the incident.
    """
    context = get_context("spawn")
    for one in known:
        start = time.perf_counter()
        with ProcessPoolExecutor(max_workers=1, mp_context=context) as worker:
            score = _await(one, worker.submit(score_incident, one, options))
            seconds = round(time.perf_counter() - start, 3)
            asked = options.naive and not one.is_control and one.onset is not None
            naive = _await(one, worker.submit(ask_naive_rules, one)) if asked else {}
        yield replace(score, seconds=seconds, naive=naive)


def _await(one: KnownIncident, answer: Future[_Result]) -> _Result:
    try:
        return answer.result()
    except BrokenProcessPool:
        raise HotfixError(f"{one.name}: the process of the analysis ended before it answered") from None
    except HotfixError as error:
        raise type(error)(f"{one.name}: {error}") from None


def score_incident(known: KnownIncident, options: Options) -> Score:
    """Analyse the logs of one incident in this process and return the score, with the peak of memory.

    Raises:
        HotfixError: the logs or the model cannot be opened.
    """
    from hotfix.pipeline import AnalysisRequest, analyze

    engine = open_named(options.model) if options.model else None
    with run_short():
        try:
            analysis = analyze(
                AnalysisRequest((str(known.logs),), without=options.without, engine=engine, command=_COMMAND)
            )
        finally:
            if engine:
                engine.close()
    own, child = (resource.getrusage(who).ru_maxrss * _KIBI for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return replace(score_analysis(known, analysis), peak_bytes=own, model_peak_bytes=child if engine else 0)


def ask_naive_rules(known: KnownIncident) -> dict[str, Answer | None]:
    """Return what each naive rule blames in the logs of one incident, told its true onset."""
    from hotfix.pipeline import AnalysisRequest, prepare

    prepared = prepare(AnalysisRequest(paths=(str(known.logs),)))
    view, opener = prepared.view, prepared.reading.opener
    if view.span is None or known.onset is None:
        return {}
    whole_s = (view.span.last - view.span.first).total_seconds()
    return judge_naively(
        Scene(
            errors=count_errors(view.records, known.onset),
            healthy_share=(known.onset - view.span.first).total_seconds() / whole_s if whole_s else 0.0,
            deploys=prepared.found.deploys,
            onset=known.onset,
            open_text=lambda file_id, line, count: opener.open(
                Place(view.paths[file_id], line, line + max(count, 1) - 1)
            ),
        )
    )
