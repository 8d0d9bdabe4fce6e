"""Watches both versions by what Prometheus has scraped of them: requests, errors, durations.

It is asked for the increase over each window, so that restarts of counters do not count. Of errors it knows the number
and not the kind. Whatever it does not answer for sure leaves the version unheard.
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from hotfix.core.configtable import Table
from hotfix.rollout.contract import LatencySketch, Observation, Side
from hotfix.rollout.judge.latency import sketch_histogram
from hotfix.rollout.monitor.contract import Watched
from hotfix.rollout.monitor.incident import IncidentKinds
from hotfix.rollout.monitor.limits import HISTORY_S, QUERY_SECONDS, SECONDS_MOST
from hotfix.rollout.monitor.promclient import PromClient, Sample, UnansweredError
from hotfix.rollout.monitor.promqueries import Queries, fill_query, read_queries
from hotfix.rollout.monitor.streams import Version

_URL = re.compile(r"https?://[^\s@?#]+")

_LEAST_SAMPLES = 2
"""Samples of a window between which there is an increase."""


@dataclass(frozen=True, slots=True)
class PromMonitor:
    """A Prometheus, what it is asked, and the labels of each version."""

    client: PromClient
    queries: Queries
    sides: Mapping[Version, str]  # label matchers
    began_s: float | None = None  # of the incident
    clock: Callable[[], float] = field(default=time.time, compare=False)

    def begin(self) -> str:
        """Return the requests that were usual until now or before the incident, whichever are fewer."""
        try:
            usual = [self._count_usual(at_s) for at_s in (self.clock(), self.began_s) if at_s is not None]
        except UnansweredError:
            usual = []
        return json.dumps({"usual_per_s": min(filter(None, usual), default=None)})

    def observe(self, mark: str, phase: int, begin_s: float, end_s: float) -> Watched:
        """Return what Prometheus tells of a window."""
        notes, sides = list[str](), dict[Version, Side]()
        try:
            for version in Version:
                sides[version] = self._ask_side(version, begin_s, end_s, notes)
        except UnansweredError as error:
            notes.append(f"Prometheus at {self.client.url} does not answer: {error}")
            sides = {version: Side() for version in Version}
        usual = _read_usual(mark)
        observation = Observation(
            phase=phase,
            begin_s=begin_s,
            end_s=end_s,
            canary=sides[Version.NEW],
            baseline=sides[Version.OLD],
            usual_requests=None if usual is None else usual * (end_s - begin_s),
        )
        return Watched(observation, mark, tuple(notes))

    def _ask_side(self, version: Version, begin_s: float, end_s: float, notes: list[str]) -> Side:
        """Return what a version did; an empty side, with a note, where it was not scraped.

        Raises:
            UnansweredError: an answer is missing, or cannot be relied on.
        """

        def ask(query: str | None) -> float | None:
            if query is None:
                return None
            return self.client.ask_number(fill_query(query, self.sides[version], end_s - begin_s), end_s)

        requests, errors = ask(self.queries.requests), ask(self.queries.errors)
        if fault := _find_fault(self.queries, requests, errors, ask):
            notes.append(f"Prometheus knows too little of the {version} version: {fault}")
            return Side()
        count = max(round(requests or 0), 0)
        newest_s = ask(self.queries.newest) if self.queries.newest else end_s
        buckets = self.client.ask(fill_query(self.queries.durations, self.sides[version], end_s - begin_s), end_s)
        return Side(
            requests=count,
            errors=min(max(round(errors or 0), 0), count),
            latency=_make_sketch(buckets, self.queries.unit_ms, canary=version is Version.NEW),
            bug=max(round(ask(self.queries.bug) or 0), 0),
            last_data_s=begin_s if newest_s is None else min(newest_s, end_s),
        )

    def _count_usual(self, until_s: float) -> float:
        """Return the requests per second of both versions in HISTORY_S until then.

        Raises:
            UnansweredError: it cannot be told.
        """
        found = [
            self.client.ask_number(fill_query(self.queries.requests, side, HISTORY_S), until_s)
            for side in self.sides.values()
        ]
        return sum(one or 0.0 for one in found) / HISTORY_S


def read_prometheus(table: Table, incident: IncidentKinds, *, counts: bool) -> PromMonitor:  # noqa: ARG001  # of all
    """Return the monitor of a table with `source = "prometheus"`.

    Raises:
        UsageError: a key is missing or of another kind.
    """
    new, old = table.text("new"), table.text("old")
    table.refuse_shared("old", [new], [old])
    return PromMonitor(
        client=PromClient(
            url=table.matching("url", _URL, "an address that begins with http:// or https://"),
            timeout_s=table.number("timeout_s", QUERY_SECONDS, 0.1, SECONDS_MOST),
            token_file=table.file("token_file") if table.has("token_file") else None,
        ),
        queries=read_queries(table),
        sides={Version.NEW: new, Version.OLD: old},
        began_s=incident.began_s,
    )


def _find_fault(
    queries: Queries, requests: float | None, errors: float | None, ask: Callable[[str | None], float | None]
) -> str | None:
    """Return why nothing can be said of a version; None where it can.

    Raises:
        UnansweredError: it cannot be told.
    """
    for name, answer in (("requests", requests), ("errors", errors)):
        if answer is None:
            return f"no answer to the query for {name}; end it with `or vector(0)` where that means none"
    samples = ask(queries.samples)
    if queries.samples and samples is None:
        return "none of its metrics was scraped in this window"
    if samples is not None and samples < _LEAST_SAMPLES:
        return "it was scraped once in this window; check_s should be twice the scrape interval or more"
    if requests and queries.labelled and not ask(queries.labelled):
        return "no series of its requests tells a status, so that errors cannot be counted"
    return None


def _make_sketch(buckets: Sequence[Sample], unit_ms: float, *, canary: bool) -> LatencySketch:
    """Return the sketch of cumulative buckets, each with the label `le`; those without it are left out."""
    bounds = sorted((float(one.labels["le"]) * unit_ms, one.value) for one in buckets if "le" in one.labels)
    totals = [round(total) for total in accumulate((total for _bound, total in bounds), max)]
    counts = [total - before for before, total in pairwise([0, *totals])]
    return sketch_histogram([bound for bound, _total in bounds], counts, canary=canary)


def _read_usual(mark: str) -> float | None:
    try:
        usual = json.loads(mark)["usual_per_s"]
    except (ValueError, KeyError, TypeError):
        return None
    return usual if isinstance(usual, float) else None
