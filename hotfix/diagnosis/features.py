"""Reads from one record's text what it says of itself: names with values, such as host=web-2, route=GET /orders, shard=3.

A text comes in, names and values go out. It does not know which of them matter; `mechanisms` compare them.
"""

import json
import re
from collections.abc import Mapping

from hotfix.core.settings import FEATURE_LENGTH, FEATURES_READ

_PAIR = re.compile(r"""(?<![\w.])([A-Za-z_][\w.-]{0,40})=("[^"]{0,200}"|'[^']{0,200}'|[^\s,;&"')\]}]{1,200})""")
_COUNTED = re.compile(r"\b([a-z]{3,20})[ #:-]{1,2}(\d{1,12})\b")
_REQUEST = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (/[^\s\"?]{0,200})(?:\?([^\s\"]{0,300}))?")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_SEGMENT = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F-]{8,})(?=/|$)")
_DEEPEST = 4

OUTCOMES = frozenset(
    "level severity loglevel lvl status status_code statuscode code outcome result success ok error err errors exception "
    "error_type errortype error_message reason cause message msg stack stacktrace stack_trace traceback trace exc_info "
    "time timestamp ts date datetime @timestamp duration duration_ms elapsed elapsed_ms took took_ms latency "
    "latency_ms rt request_time response_time size bytes length line lineno pid tid thread logger caller".split()
)
"""Names whose values tell how a request ended, when or how long, and so cannot be why it ended so."""


def read_features(text: str, host: str | None) -> Mapping[str, str]:
    """Return the names and values that a record's text holds, at most FEATURES_READ; the first of a name counts.

    Args:
        text: the record as it stands in the log.
        host: who wrote it, when that is known; told under the name ``host``.
    """
    found: dict[str, str] = {} if host is None else {"host": host}
    first = text.split("\n", 1)[0]
    start = first.find("{")
    if start >= 0:
        _flatten(_load(first[start:]), "", found, 0)
    for name, value in _PAIR.findall(first):
        found.setdefault(name.lower(), value.strip("\"'"))
    request = _REQUEST.search(first)
    if request:
        found.setdefault("route", f"{request[1]} {_SEGMENT.sub('*', request[2])}")
        for name, value in _PAIR.findall((request[3] or "").replace("&", " ")):
            found.setdefault(name.lower(), value)
    address = _ADDRESS.search(first)
    if address:
        found.setdefault("client" if address.start() == 0 else "address", address[0])
    for name, value in _COUNTED.findall(first):
        found.setdefault(name, value)
    kept = [(name, value) for name, value in found.items() if value and len(value) <= FEATURE_LENGTH]
    return {name: value for name, value in kept[:FEATURES_READ] if name.rsplit(".", 1)[-1] not in OUTCOMES}


def _load(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _flatten(value: object, path: str, found: dict[str, str], depth: int) -> None:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else str(key), found, depth + 1)
    elif path and isinstance(value, str | int | float | bool):
        found.setdefault(path.lower(), str(value))
