"""Joins the samples that belong to one request, by the ids that they share: samples come in, requests go out.

A record without an id, or whose id so many records carry that it is no request's, is a request of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from hotfix.core.settings import FEATURES_REMEMBERED, LINKED_MOST, REQUEST_RECORDS_MOST
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.features import read_head
from hotfix.diagnosis.samples import Sample, Side
from hotfix.diagnosis.textshape import find_shape

_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_RANDOM = re.compile(rf"{_UUID}|(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{{12,64}}")
_HEXADECIMAL = re.compile(r"(?<![\w-])[0-9a-fA-F-]{12,64}(?![\w-])")
_NAMED = re.compile(
    r"""(?i)\b(?:x[-_])?(?:(?:request|correlation|trace|req)[-_.]?id|rid|trace|reqid)["']?\s?[=:]\s?["']?([\w.-]{4,64})"""
)


@dataclass(frozen=True, slots=True)
class Request:
    """Records of one request, in order of time; or one record alone."""

    samples: tuple[Sample, ...]

    def fails(self, service: str) -> bool:
        """Tell whether it failed at a service."""
        return any(sample.side is Side.BAD and sample.service == service for sample in self.samples)


def join_requests(samples: Sequence[Sample]) -> tuple[Request, ...]:
    """Return the requests that samples, in order of time, belong to; every sample is in exactly one."""
    holders: dict[str, list[int]] = {}
    for index, sample in enumerate(samples):
        for ident in read_ids(sample):
            holders.setdefault(ident, []).append(index)
    parents = list(range(len(samples)))
    for sharing in holders.values():
        if len(sharing) <= REQUEST_RECORDS_MOST:
            for index in sharing[1:]:
                parents[_find_root(parents, index)] = _find_root(parents, sharing[0])
    joined: dict[int, list[Sample]] = {}
    for index, sample in enumerate(samples):
        joined.setdefault(_find_root(parents, index), []).append(sample)
    return tuple(Request(tuple(group)) for group in joined.values())


def read_ids(sample: Sample) -> frozenset[str]:
    """Return what may be the id of a request in a record: what is named so, UUIDs, long hexadecimal numbers."""
    told = _find_ids(sample.text)
    return told | {sample.trace_id} if sample.trace_id else told


@lru_cache(FEATURES_REMEMBERED)
def _find_ids(text: str) -> frozenset[str]:
    head = read_head(text)
    random, named = _find_places(find_shape(head))
    told = {head[begin:end] for begin, end in named}
    return frozenset(told.union(filter(_RANDOM.fullmatch, (head[begin:end] for begin, end in random))))


@lru_cache(FEATURES_REMEMBERED)
def _find_places(shape: str) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Return where hexadecimal numbers and named ids stand in texts of a shape."""
    return (
        tuple(found.span() for found in _HEXADECIMAL.finditer(shape)),
        tuple(found.span(1) for found in _NAMED.finditer(shape)),
    )


def _find_root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def fetch_linked(case: Case, samples: Sequence[Sample]) -> list[Sample]:
    """Return records of other services that belong to sampled requests since the onset; at most LINKED_MOST."""
    idents = sorted({sample.trace_id for sample in samples if sample.trace_id and sample.side is not Side.BEFORE})
    if not idents:
        return []
    services = sorted({sample.service for sample in samples})
    begin = min(sample.time for sample in samples if sample.side is not Side.BEFORE)
    linked = case.records.filter(
        pl.col("trace_id").is_in(idents), ~pl.col("service").is_in(services), pl.col("time") >= begin
    )
    columns = ("time", "service", "template_id", "host", "trace_id", "file_id", "line", "line_count")
    rows = linked.select(columns).bottom_k(LINKED_MOST, by=["time", "file_id", "line"]).collect(engine="streaming")
    ordered = rows.sort("file_id", "line")
    places = [case.place(*row) for row in ordered.select("file_id", "line", "line_count").iter_rows()]
    texts = case.open_texts(places)
    heads = ordered.select(columns[:5]).iter_rows()
    return [
        Sample(Side.GOOD, time, service, template_id, host, trace_id, text, place)
        for (time, service, template_id, host, trace_id), text, place in zip(heads, texts, places, strict=True)
    ]
