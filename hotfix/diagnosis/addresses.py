"""Reads whom a record names by address, and maps addresses to services.

A text goes in and the addresses in it come out; the records of a case go in and a directory comes out which tells the
service behind an address. It asks no network.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

import polars as pl

from hotfix.core.settings import ADDRESS_REQUESTS, ADDRESS_SHARE, FEATURES_REMEMBERED, LISTENERS_OPENED, TARGET_LINES
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.requests import Request
from hotfix.diagnosis.textshape import find_shape

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_IP = r"\d{1,3}(?:\.\d{1,3}){3}"
_DOTTED = rf"{_LABEL}(?:\.{_LABEL})+"
_TOLD = (
    r"(?:\b(?:to|at|host|upstream|resolve|resolving|lookup|reach|call|calling|contact|dial|ask|asking|address|addr|tcp)"
    r"|ENOTFOUND|EAI_AGAIN|ECONN\w+|HostException:)[ :=]{1,3}[\"']?"
)
_URL = re.compile(rf"\b[a-z][a-z0-9+.]*://(?:[^/\s@\"']*@)?({_LABEL}(?:\.{_LABEL})*)(?::(\d{{1,5}}))?")
_HOST_PORT = re.compile(rf"(?<![\w/.@:-])({_DOTTED}):(\d{{2,5}})(?![\w.-]*\w|:\w)")
_TOLD_PORT = re.compile(rf"{_TOLD}({_LABEL}(?:\.{_LABEL})*):(\d{{2,5}})(?![\w.-]|:\w)")
_TOLD_HOST = re.compile(rf"{_TOLD}({_DOTTED})(?![\w(-]|:\d|\.\w)")
_PAIR = re.compile(
    rf"\b(?:host|server at|address)[ =:]{{1,3}}[\"']?({_LABEL}(?:\.{_LABEL})*)[\"']?"
    rf"(?: \({_IP}\))?,? *port[ =:]{{1,3}}[\"']?(\d+)"
)
_RESOLVED = re.compile(rf"\b({_LABEL}(?:\.{_LABEL})*)/({_IP}):(\d{{2,5}})")
_CODE = re.compile(
    r"(?i).*\.(?:py|java|kt|scala|groovy|go|js|mjs|ts|rb|php|c|cc|cpp|h|rs|cs|html?|sql|xml|json|ya?ml|log)"
)
_OTHERS = re.compile(
    r"\b(?:client|server|host|referrer|remote)(?:: \"[^\"]*\"|: [^\s,\"]+)(?=,|$)|\" \d{3} \S+ \"[^\"]*\" \"[^\"]*\""
)
_ASKER = re.compile(rf"{_IP}:\d+ \[")
_FRAME = re.compile(r"\s+(?:at |File \"|\.\.\.)")
_LISTENS = re.compile(
    r"(?i)\blisten|\bbound to|\bserving (?:on|at)|\brunning (?:on|at)|\bstarted .*\bport|\bready (?:on|at)\b"
)
_PORT = re.compile(r"(?i)\bport(?:\(s\)|s)?[ (:=]+\"?(\d{2,5})|(?:\*|::|\]|0\.0\.0\.0|localhost):(\d{2,5})\b")
_ANYWHERE = frozenset(("localhost", "0.0.0.0", "127.0.0.1"))  # noqa: S104  # names that no other machine has


@dataclass(frozen=True, slots=True)
class Target:
    """An address that a record names, in its own words."""

    host: str
    port: int | None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Directory:
    """Who is behind which address."""

    services: Sequence[str]
    listeners: Mapping[Target, str]
    ports: Mapping[int, str]  # on which one service alone listens
    hosts: Mapping[str, str]  # at which one service alone listens
    learned: Mapping[Target, str]

    def find_service(self, target: Target) -> str | None:
        """Return the service at an address: by what it says itself, by its name, by shared requests, by its port."""
        exact = self.listeners.get(target) or match_name(target.host, self.services) or self.learned.get(target)
        return exact or (self.hosts.get(target.host) if target.port is None else self.ports.get(target.port))


def match_name(host: str, services: Sequence[str]) -> str | None:
    """Return the service that a host is named after: ``stock``, ``stock-2`` and ``stock-svc.internal`` are stock's."""
    label = host.lower().split(".")[0]
    named = [name for name in services if re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", label)]
    return max(named, key=len, default=None)


@lru_cache(FEATURES_REMEMBERED)
def read_targets(text: str) -> frozenset[Target]:
    """Return the addresses that a record names, without the one who asks and the page it came from."""
    lines = [line for line in text.split("\n", 4 * TARGET_LINES) if not _FRAME.match(line)]
    head = "\n".join(lines[:TARGET_LINES])
    found = frozenset(_read_places(head, _find_asked(find_shape(head))))
    with_port = {target.host for target in found if target.port is not None}
    return frozenset(target for target in found if target.port is not None or target.host not in with_port)


_Span = tuple[int, int]
_Places = tuple[tuple[_Span, _Span], ...]
"""Where host and port of addresses stand in a text."""
_NOWHERE = (0, 0)


def _read_places(text: str, places: _Places) -> Iterator[Target]:
    for (begin, end), port_at in places:
        host, port = text[begin:end], text[slice(*port_at)]
        plausible = (
            host == host.lower() and not _CODE.fullmatch(host) and not re.fullmatch(r"[\d.]+", host.removesuffix("."))
        )
        if plausible or re.fullmatch(_IP, host):
            yield Target(host, int(port) if port else None)


@lru_cache(FEATURES_REMEMBERED)
def _find_asked(shape: str) -> _Places:
    """Return the addresses in texts of a shape, without those who ask and the page they came from."""
    others = _OTHERS.sub(lambda found: " " * len(found[0]), shape)
    return _find_places(_ASKER.sub(lambda found: " " * (len(found[0]) - 1) + "[", others))


@lru_cache(FEATURES_REMEMBERED)
def _find_places(shape: str) -> _Places:
    """Return the addresses in texts of a shape."""
    both = [*_URL.finditer(shape), *_HOST_PORT.finditer(shape), *_TOLD_PORT.finditer(shape), *_PAIR.finditer(shape)]
    found = [(one.span(1), one.span(2) if one[2] else _NOWHERE) for one in both]
    found += [(one.span(1), _NOWHERE) for one in _TOLD_HOST.finditer(shape)]
    found += [(one.span(1), one.span(3)) for one in _RESOLVED.finditer(shape)]
    return tuple(found)


def make_directory(case: Case, requests: Sequence[Request]) -> Directory:
    """Return who is behind which address, as far as records say."""
    services = sorted({service for template in case.templates.values() for service in template.services})
    listeners: dict[Target, str] = {}
    ports: dict[int, set[str]] = {}
    hosts: dict[str, set[str]] = {}
    for service, text in _open_listeners(case, services):
        targets = _read_listener(text)
        listeners.update(dict.fromkeys(targets, service))
        for target in targets:
            hosts.setdefault(target.host, set()).add(service)
            if target.port is not None:
                ports.setdefault(target.port, set()).add(service)
    alone = {port: min(found) for port, found in ports.items() if len(found) == 1}
    at_home = {host: min(found) for host, found in hosts.items() if len(found) == 1}
    return Directory(services, listeners, alone, at_home, _learn_addresses(requests))


def _open_listeners(case: Case, services: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield service and text of what says where one listens; a server's log speaks for its folder's service."""
    telling = [ident for ident, template in case.templates.items() if _LISTENS.search(template.text)]
    rows = (
        case.records.filter(pl.col("template_id").is_in(telling))
        .select("service", "file_id", "line", "line_count")
        .head(LISTENERS_OPENED)
        .collect(engine="streaming")
        .sort("file_id", "line")
    )
    places = [case.place(*row) for row in rows.select("file_id", "line", "line_count").iter_rows()]
    for service, place, text in zip(rows["service"].to_list(), places, case.open_texts(places), strict=True):
        yield match_name(PurePath(place.file).parent.name, services) or service, text


def _read_listener(text: str) -> set[Target]:
    head = text.split("\n", 1)[0]
    ports = [int(one or other) for one, other in _PORT.findall(head)]
    hosts = re.findall(rf"(?<![\w.]){_IP}(?![\w.]*\w)", head)
    targets = {target for target in _read_places(head, _find_places(find_shape(head))) if target.port is not None}
    return targets | {Target(host, port) for port in ports for host in (hosts or ["*"])}


def _learn_addresses(requests: Sequence[Request]) -> dict[Target, str]:
    """Return the addresses whose requests nearly all reach one and the same other service."""
    named: Counter[Target] = Counter()
    reached: dict[Target, Counter[str]] = {}
    shared = (request for request in requests if len({sample.service for sample in request.samples}) > 1)
    for request in islice(shared, ADDRESS_REQUESTS):
        services = {sample.service for sample in request.samples}
        for sample in request.samples:
            for target in read_targets(sample.text):
                named[target] += 1
                reached.setdefault(target, Counter()).update(services - {sample.service})
    found = {}
    for target, counts in reached.items():
        (service, count), *rest = counts.most_common(2)
        if count >= ADDRESS_SHARE * named[target] and not (rest and rest[0][1] >= ADDRESS_SHARE * count):
            found[target] = service
    return found


def is_anywhere(target: Target) -> bool:
    """Tell whether an address means the machine of whoever says it."""
    return target.host in _ANYWHERE
