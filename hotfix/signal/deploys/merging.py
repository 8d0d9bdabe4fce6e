"""Makes deploys of sightings: what several sources tell of one change becomes one.

A list of deploys wins for the words; the start-up line wins for the time, because it begins to serve then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotfix.core.facts import Deploy, DeployKind
from hotfix.core.settings import (
    DEPLOY_AFTER_S,
    DEPLOY_MARGIN_S,
    SAME_DEPLOY_S,
    START_SLACK_S,
    STOP_BEFORE_START_S,
)
from hotfix.core.text import format_time
from hotfix.signal.deploys.contract import Origin, Sighting
from hotfix.signal.deploys.services import is_same_service

_RANK = list(Origin)
_SAME = timedelta(seconds=SAME_DEPLOY_S)
_STOP = timedelta(seconds=STOP_BEFORE_START_S)
_BANNER = timedelta(seconds=START_SLACK_S)
_RUNNING = frozenset({DeployKind.DEPLOYMENT, DeployKind.RESTART})


def keep_near(
    sightings: Sequence[Sighting], first: datetime | None, last: datetime | None
) -> tuple[list[Sighting], list[str]]:
    """Return the sightings that lie within the time of the logs and its margins, and a note on the others."""
    if first is None or last is None:
        return list(sightings), []
    begin, end = first - timedelta(seconds=DEPLOY_MARGIN_S), last + timedelta(seconds=DEPLOY_AFTER_S)
    near = [one for one in sightings if begin <= one.at <= end]
    far: dict[str, int] = {}
    for one in sightings:
        if not begin <= one.at <= end:
            far[one.source.file] = far.get(one.source.file, 0) + 1
    span = f"{format_time(first)} to {format_time(last)}"
    return near, [f"{file}: {count:,} changes lie outside the time of the logs ({span})" for file, count in far.items()]


def name_versions_before(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Return sightings of which each deployment says the version before it, as far as the same source tells of one."""
    known: dict[tuple[str, str, str], str] = {}
    named = []
    for one in sorted(sightings, key=lambda one: one.order):
        key = (one.source.file, one.wording, one.service or "")
        before = known.get(key)
        if one.kind is DeployKind.DEPLOYMENT and one.version and one.service:
            known[key] = one.version
            if before and one.before is None and not is_same_version(before, one.version):
                named.append(replace(one, before=before, after=one.version))
                continue
        named.append(one)
    return named


def merge_sightings(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return one sighting per change, in order of time."""
    merged: list[Sighting] = []
    for one in sorted(sightings, key=lambda one: one.order):
        index = next((place for place in _recent(merged, one) if _is_same(merged[place], one)), None)
        if index is None:
            merged.append(one)
        else:
            merged[index] = _join(merged[index], one)
    merged.sort(key=lambda one: one.order)
    return [one for one in merged if not one.begins and not _leads_to_start(one, merged)]


def number_deploys(sightings: Sequence[Sighting]) -> tuple[Deploy, ...]:
    """Return sightings as deploys with ids in their order."""
    return tuple(
        Deploy(
            id=f"D{number}",
            at=one.at,
            kind=one.kind,
            service=one.service,
            version=one.version,
            summary=one.summary,
            before=one.before,
            after=one.after,
            source=one.source,
            started=one.started,
        )
        for number, one in enumerate(sightings, start=1)
    )


def _recent(merged: Sequence[Sighting], one: Sighting) -> Iterable[int]:
    """Yield the positions of sightings near in time, nearest first."""
    for index in range(len(merged) - 1, -1, -1):
        if one.at - merged[index].at > _SAME:
            return
        yield index


def _is_same(one: Sighting, other: Sighting) -> bool:
    """Tell whether two sightings, from any sources, tell of the same change.

    A later start-up line of a version that runs already is another start: a crash, or a second replica.
    """
    if _contradicts(one.service, other.service):
        return False
    again = one.starts and other.starts and DeployKind.RESTART in {one.kind, other.kind}
    if again and other.at - one.at > _BANNER:
        return False
    if {one.kind, other.kind} <= _RUNNING:
        either = one.version is None or other.version is None
        if either:
            return one.kind is other.kind is DeployKind.DEPLOYMENT and one.origin is not other.origin
        return any(
            is_same_version(version, known)
            for version in (one.version, one.revision)
            for known in (other.version, other.revision)
        )
    return one.kind is other.kind and _says_same(one, other)


def _says_same(one: Sighting, other: Sighting) -> bool:
    """Tell whether two sightings of a kind have the same words, or from two sources the same values."""
    if one.summary == other.summary:
        return one.origin is not other.origin or other.at - one.at <= _BANNER
    values = one.before, one.after
    return one.origin is not other.origin and None not in values and values == (other.before, other.after)


def is_same_version(one: str | None, other: str | None) -> bool:
    """Tell whether two versions are the same, with or without ``v``; a short commit id is its long one."""
    if one is None or other is None:
        return False
    short, long = sorted((_bare(one), _bare(other)), key=len)
    commit = len(short) >= 7 and all(letter in "0123456789abcdef" for letter in short)
    return short == long or (commit and long.startswith(short))


def _bare(version: str) -> str:
    plain = version.lower().removeprefix("release-")
    return plain[1:] if plain[:1] == "v" and plain[1:2].isdigit() else plain


def _contradicts(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and not is_same_service(one, other)


def _join(one: Sighting, other: Sighting) -> Sighting:
    """Return one sighting of two: words of the better source, time of the start-up line, else the earlier."""
    worded, second = sorted((one, other), key=lambda each: _RANK.index(each.origin))
    start = next((each for each in (one, other) if each.starts), None)
    at = start.at if start else min(one.at, other.at)
    return replace(
        worded,
        at=at,
        kind=DeployKind.DEPLOYMENT if DeployKind.DEPLOYMENT in {one.kind, other.kind} else worded.kind,
        service=(start.service if start else None) or worded.service or second.service,
        version=worded.version or second.version,
        before=worded.before or second.before,
        after=worded.after or second.after,
        started=start.source if start and start is not worded else worded.started,
        starts=start is not None,
        begins=one.begins and other.begins,
        revision=worded.revision or second.revision,
    )


def _leads_to_start(one: Sighting, merged: Sequence[Sighting]) -> bool:
    """Tell whether a restart is only the stop before, or another line of, the start of a new version of its service."""
    if one.kind is not DeployKind.RESTART or (one.starts and one.version is not None):
        return False
    return any(
        other.kind is DeployKind.DEPLOYMENT
        and timedelta(0) <= (one.at - other.at if one.starts else other.at - one.at) <= _STOP
        and is_same_service(one.service, other.service)
        for other in merged
    )
