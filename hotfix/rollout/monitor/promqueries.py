"""What Prometheus is asked: the names of metrics and own queries of the configuration come in, PromQL goes out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

from hotfix.core.configtable import Table

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Names:
    """How metrics are named."""

    counter: str  # of requests
    status: tuple[str, ...]  # labels that may hold the HTTP status
    histogram: str  # of durations, without _bucket
    unit_ms: float  # of its bounds


NAMES: Mapping[str, Names] = {
    "prometheus": Names("http_requests_total", ("code", "status", "status_code"), "http_request_duration_seconds", _MS),
    "micrometer": Names("http_server_requests_seconds_count", ("status",), "http_server_requests_seconds", _MS),
    "opentelemetry": Names(
        "http_server_request_duration_seconds_count",
        ("http_response_status_code",),
        "http_server_request_duration_seconds",
        _MS,
    ),
    "istio": Names("istio_requests_total", ("response_code",), "istio_request_duration_milliseconds", 1.0),
}
"""Names by the library that gives them: what its documentation says they are by default."""


@dataclass(frozen=True, slots=True)
class Queries:
    """PromQL with `$side` for the labels of a version and `$window` for the length of the window."""

    requests: str
    errors: str
    durations: str
    samples: str | None  # how often it was scraped in the window; None: only the other answers tell
    newest: str | None  # Unix time of the newest sample
    labelled: str | None  # how many series tell a status; None: the errors are asked for by an own query
    bug: str | None
    unit_ms: float


def fill_query(query: str, side: str, window_s: float) -> str:
    """Return a query for one version and one window."""
    return Template(query).safe_substitute(side=side, window=f"{max(round(window_s * 1000), 1)}ms")


def read_names(table: Table) -> Names:
    """Return the names of a table: those of a library, but for what the table says itself.

    Raises:
        UsageError: a key is of another kind.
    """
    usual, units = NAMES[table.choice("names", NAMES, "prometheus")], {"s": _MS, "ms": 1.0}
    unit = table.choice("unit", units, next(name for name, ms in units.items() if ms == usual.unit_ms))
    return Names(
        counter=table.matching("counter", _METRIC, "the name of a metric", usual.counter),
        status=table.optional_names("status", _LABEL, "the name of a label") or usual.status,
        histogram=table.matching("histogram", _METRIC, "the name of a metric", usual.histogram).removesuffix("_bucket"),
        unit_ms=units[unit],
    )


def read_queries(table: Table) -> Queries:
    """Return the queries that a table describes.

    Raises:
        UsageError: a key is of another kind.
    """
    names = read_names(table)
    own = {key: table.optional_text(key) for key in ("requests", "errors", "durations", "bug")}
    every = (f"{names.counter}{{$side}}", f"{names.histogram}_count{{$side}}")
    failed = [f'{names.counter}{{$side,{label}=~"5.."}}' for label in names.status]
    told = [f'{names.counter}{{$side,{label}!=""}}' for label in names.status]
    scraped = own["requests"] is None
    return Queries(
        requests=own["requests"] or _count_growth(every[:1]),
        errors=own["errors"] or _count_growth(failed),
        durations=own["durations"] or f"sum by (le) (increase({names.histogram}_bucket{{$side}}[$window]))",
        samples=f"max({_join('count_over_time({}[$window])', every)})" if scraped else None,
        newest=f"max({_join('timestamp({})', every)})" if scraped else None,
        labelled=None if own["errors"] else f"count({_join('{}', told)})",
        bug=own["bug"],
        unit_ms=names.unit_ms,
    )


def _count_growth(series: Sequence[str]) -> str:
    """Return the query for how much counters grew in the window.

    `increase` starts at the first sample of a counter. One that is new while its target was there before, as that of
    the first error is, has grown from nought: its first sample counts too.
    """
    grown = _join("increase({}[$window])", series)
    began = _join("(min_over_time({0}[$window]) unless {0} offset $window)", series)
    known = "and on (job, instance) (up offset $window)"
    return f"(sum({grown}) or vector(0)) + (sum(({began}) {known}) or vector(0))"


def _join(form: str, series: Sequence[str]) -> str:
    """Return a query for series that are one metric's, each once."""
    return " or ".join(form.format(one) for one in series)
