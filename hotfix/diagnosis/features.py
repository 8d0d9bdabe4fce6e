"""Reads from one record's text what it says of itself: names with values, such as host=web-2, shard=3, tenant=acme.

A text comes in, names and values go out. It does not know which of them matter; `mechanisms` compare them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from hotfix.core.settings import (
    FEATURE_LENGTH,
    FEATURE_LINE_CHARACTERS,
    FEATURE_LINES,
    FEATURES_READ,
    FEATURES_REMEMBERED,
)
from hotfix.diagnosis.textshape import find_shape

_PAIR = re.compile(r"""(?<![\w.])([A-Za-z_][\w.-]{0,40})=("[^"]{0,200}"|'[^']{0,200}'|[^\s,;&"')\]}]{1,200})""")
_LABELLED = re.compile(r"""(?<=[\s\[({,;])([a-z][a-z_]{2,30}): ?("[^"]{1,200}"|[^\s,;"':]{1,80})(?=[,;)\]}]|\s*$)""")
_QUOTED = re.compile(r"""\b([a-z][a-z_]{2,20}) ["'`]([^"'`\s]{1,80})["'`]""")
_NUMBERED = re.compile(
    r"(?<![\w/.-])([a-z]{3,20})[ #:-]{1,2}(?=[\w.:@-]{0,60}\d)([A-Za-z0-9][\w.:@-]{0,60}(?<![.:]))(?![\w/])"
)
_MEASURE = re.compile(r"\d[\d.,]*(?:ms|us|ns|s|m|h|min|sec|secs|[kKMGT]i?[bB]?|[bB]|bytes)")
_DEED = re.compile(r"[a-z]{3,}ed")
_REQUEST = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /[^\s\"?]{0,200}")
_AGENT = re.compile(r'" \d{3} (?:\d+|-) "[^"]*" "([^"]{2,400})"')
_BALANCED = re.compile(r"\s([\w.-]+)/([\w.-]+) -?\d+/-?\d+/-?\d+(?:/-?\d+/\+?\d+)? ")
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]*\w)")
_URL = re.compile(r"([a-z][a-z0-9+]*://[^/\s?]*)(/[^\s?]*)?")
_FRAME = re.compile(r"\s+at |\s+File \"|Traceback |Caused by|\s+\.\.\. \d+ more")
_PROSE = frozenset(
    re.findall(
        r"\S+",
        "after and are before but for from has have into not over than that the this under until was were will with "
        "within per took only more most least got expected found java python http https utf iso "
        "jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun",
    )
)
"""Words before a number that do not name it."""
_READY = frozenset(("agent", "route"))
"""Names whose values are masked already, or may be cut short."""
_SPOKEN = {"message": "message id", "event": "event id"}
"""Words that as fields hold the text of a record, but before a number name what it is about."""
_DEEPEST = 4
_PLAIN = frozenset((str, int, float))

OUTCOMES = frozenset(
    re.findall(
        r"\S+",
        "level severity severity_text severity_number loglevel lvl status status_code statuscode response_code code "
        "outcome result success succeeded ok error err errors errno error_code errorcode sqlstate exception exc failed "
        "failure failures error_type errortype error_message reason cause caused message msg event body detail stack "
        "stacktrace stack_trace traceback trace exc_info exit exit_code returncode rc signal attempt attempts retry "
        "retries response_flags grpc_status warning fatal severe info debug warn time timestamp ts date datetime "
        "@timestamp duration elapsed took latency rt uct urt uht response_time request_time size bytes length line "
        "lineno column pid tid thread thread_name threadname logger logger_name caller file filename function func "
        "class module method_name character @l @m @mt @x @i @t priority prio pri",
    )
)
"""Names whose values tell how, when or how long something ended or where in the code, and so cannot be why it did."""

_FAILURES = frozenset(("error", "err", "exception", "exc", "failure", "fault"))
_MEASURES = re.compile(r".*[_.](?:ms|us|ns|s|sec|secs|seconds|millis|micros|time|at|bytes|kb|mb|count|duration)")


def read_features(text: str, host: str | None) -> Mapping[str, str]:
    """Return the names and values that a record's text holds, at most FEATURES_READ; the first of a name counts.

    Paths and addresses of pages lose what only one request carries: ``/orders/19?full=1`` is ``/orders/*``.

    Args:
        text: the record as it stands in the log.
        host: who wrote it, when that is known; told under the name ``host``.
    """
    told = _read_text(text)
    if host is None:
        return told
    others = ((name, value) for name, value in told.items() if name != "host")
    return {"host": host, **dict(islice(others, FEATURES_READ - 1))}


@lru_cache(FEATURES_REMEMBERED)
def _read_text(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in _find_features(read_head(text)):
        if len(found) == FEATURES_READ:
            break
        if name in found or is_outcome(name):
            continue
        known = value[:FEATURE_LENGTH] if name in _READY else _mask_page(value)
        if known and known != "-" and len(known) <= FEATURE_LENGTH:
            found[name] = known
    return MappingProxyType(found)


@lru_cache(FEATURES_REMEMBERED)
def read_head(text: str) -> str:
    """Return the lines of a record that speak, on one line: at most FEATURE_LINES, up to its stack trace."""
    lines: list[str] = []
    for line in text.split("\n", FEATURE_LINES)[:FEATURE_LINES]:
        if lines and _FRAME.match(line):
            break
        lines.append(line[:FEATURE_LINE_CHARACTERS])
    return " ".join(lines)


@lru_cache(FEATURES_REMEMBERED)
def is_outcome(name: str) -> bool:
    """Tell whether a name's values say how, when or how long something ended."""
    parts = name.removeprefix("_").split(".")
    return parts[-1] in OUTCOMES or not _FAILURES.isdisjoint(parts) or _MEASURES.fullmatch(name) is not None


def mask_path(path: str) -> str:
    """Return a path with ``*`` for each part that names a single thing: numbers, keys, hashes."""
    return "/".join("*" if _is_single(part) else part for part in path.split("/"))


def _is_single(part: str) -> bool:
    return any(letter.isdigit() for letter in part) and not re.fullmatch(r"[a-z]{1,12}\d{1,2}", part)


def _mask_page(value: str) -> str:
    if "/" not in value:
        return value
    if value.startswith("/"):
        return mask_path(value.partition("?")[0])
    if _REQUEST.search(value):
        return ""  # told as the route
    page = _URL.fullmatch(value.partition("?")[0])
    return f"{page[1]}{mask_path(page[2] or '')}" if page else value


def _find_features(head: str) -> Iterator[tuple[str, str]]:
    """Yield every name with its value, the surest way of telling one first."""
    start = head.find("{")
    if start >= 0:
        yield from _flatten(_load(head[start:]), "", 0)
    for told in _find_places(find_shape(head)):
        name, value = told.name or head[slice(*told.named)].lower(), head[slice(*told.at)]
        if told.way == "pair":
            yield name, value.strip("\"'").rstrip(".:")
        elif told.way == "labelled":
            yield name, value.strip('"')
        elif told.way == "route":
            method, _, path = value.partition(" ")
            yield name, f"{method} {mask_path(path)}"
        elif told.way != "numbered" or not _MEASURE.fullmatch(value):
            yield name, value


class _Place(NamedTuple):
    """Where a text tells a value, and in which way."""

    way: str
    at: tuple[int, int]
    name: str = ""  # where it does not depend on the text
    named: tuple[int, int] = (0, 0)


@lru_cache(FEATURES_REMEMBERED)
def _find_places(shape: str) -> tuple[_Place, ...]:
    return (
        *(_Place("pair", found.span(2), named=found.span(1)) for found in _PAIR.finditer(shape)),
        *_find_traffic(shape),
        *(_Place("labelled", found.span(2), found[1]) for found in _LABELLED.finditer(shape)),
        *(_Place("quoted", found.span(2), found[1]) for found in _QUOTED.finditer(shape) if found[1] not in _PROSE),
        *(
            _Place("numbered", found.span(2), _SPOKEN.get(found[1], found[1]))
            for found in _NUMBERED.finditer(shape)
            if found[1] not in _PROSE and not _DEED.fullmatch(found[1])
        ),
    )


def _find_traffic(shape: str) -> Iterator[_Place]:
    """Yield what access logs tell by position: route, user agent, backend and its server, who asked."""
    request = _REQUEST.search(shape)
    if request:
        yield _Place("route", request.span(), "route")
    agent = _AGENT.search(shape)
    if agent:
        yield _Place("agent", agent.span(1), "agent")
    balanced = _BALANCED.search(shape)
    if balanced:
        yield _Place("balanced", balanced.span(1), "backend")
        yield _Place("balanced", balanced.span(2), "server")
    address = _ADDRESS.search(shape)
    if address:
        yield _Place("address", address.span(), "client" if address.start() == 0 else "address")


def _load(text: str) -> object:
    try:
        found: object = json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
    return found


def _flatten(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the leaves of an object under their dotted names; of a list those that are told as key and value."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            name = f"{path}.{key}".lower() if path else str(key).lower()
            if type(inner) in _PLAIN and name and depth < _DEEPEST:
                yield name, str(inner)  # as most are
            else:
                yield from _flatten(inner, name, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict) and isinstance(inner.get("key"), str):
                told = inner.get("value")
                leaf = next(iter(told.values()), None) if isinstance(told, dict) else told
                yield from _flatten(leaf, f"{path}.{inner['key']}".lower(), depth + 1)
    elif path and isinstance(value, bool | str | int | float):
        yield path, str(value).lower() if isinstance(value, bool) else str(value)
