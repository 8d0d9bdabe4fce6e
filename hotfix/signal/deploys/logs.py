"""Finds changes in the world in the logs: distinct messages are matched, the records of those few are opened.

Records and patterns come in, sightings go out. A version is a change when it differs from the one before it in the same
service; a first start-up line is none when its service begins with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.facts import DeployKind, Place
from hotfix.core.settings import HEAD_SHARE, PATTERNS_FEW, START_SLACK_S, WORDING_CHARACTERS
from hotfix.signal.deploys.contract import DeployRequest, Origin, Sighted, Sighting
from hotfix.signal.deploys.fields import clean_summary
from hotfix.signal.deploys.opening import Hit, Opening, Told
from hotfix.signal.deploys.services import find_service
from hotfix.signal.deploys.startvalues import StartValue, find_start_values
from hotfix.signal.deploys.wordings import ToldChange, Wording, load_wordings, read_change
from hotfix.signal.series import UNNAMED

_COLUMNS = ("time", "service", "file_id", "line", "line_count", "pattern")


def find_in_logs(request: DeployRequest, begins: Mapping[str, datetime]) -> Sighted:
    """Return the changes that the logs tell of, in order of time.

    Args:
        request: records, patterns and the way to open a line.
        begins: time of the first record of each service.
    """
    wordings = load_wordings()
    formats = match_patterns(request.patterns, wordings)
    opening = Opening(request, formats, wordings)
    hits = _fetch_hits(request.records, list(formats))
    told = [one for group in _group_hits(hits) for one in opening.read_group(group)]
    told.sort(key=lambda one: (one.hit.time, one.hit.file_id, one.hit.line))
    return Sighted(tuple(_weigh(told, request, begins)), (), opening.describe(len(hits)))


def list_services(digest: pl.DataFrame) -> Mapping[str, datetime]:
    """Return the time of the first record of each service; records without a service or a time do not count."""
    rows = digest.drop_nulls("first").group_by("service").agg(pl.col("first").min()).rows()
    return {service: time for service, time in sorted(rows, key=str) if service is not None and service != UNNAMED}


def match_patterns(patterns: pl.DataFrame, wordings: Sequence[Wording]) -> Mapping[int, str]:
    """Return the patterns whose sample is worded like a change, with the format that read them.

    Only distinct messages are looked at, and of those only the ones which hold a word that a wording needs; many by
    Rust's regexes, because there may be a hundred thousand of them, few one by one, because to compile takes longer.
    """
    sample = pl.col("sample").str.slice(0, WORDING_CHARACTERS)
    texts = patterns.select("pattern", "format", "count", text=sample, lower=sample.str.to_lowercase())
    needs = sorted({need for wording in wordings for need in wording.needs})
    near = texts.filter(pl.col("lower").str.contains_any(needs))
    return _match_few(near, wordings) if near.height <= PATTERNS_FEW else match_many(near, wordings)


def _match_few(texts: pl.DataFrame, wordings: Sequence[Wording]) -> Mapping[int, str]:
    """Return what `match_many` does, one text after the other: few regexes are compiled then."""
    found: dict[int, str] = {}
    for pattern, form, count, text in texts.select("pattern", "format", "count", "text").iter_rows():
        change = read_change(text, wordings)
        if change is not None and count <= change.wording.most:
            found[pattern] = form
    return found


def match_many(texts: pl.DataFrame, wordings: Sequence[Wording]) -> Mapping[int, str]:
    """Return pattern and format of the texts that tell of a change, by Rust's regexes.

    Args:
        texts: columns pattern, format, count, text and lower, the text in lower case.
        wordings: in the order in which they are asked.
    """
    left = texts
    found: dict[int, str] = {}
    for wording in wordings:
        near = left.filter(pl.col("lower").str.contains_any(list(wording.needs)))
        if near.height:
            told = _match(near, wording)
            left = left.join(told, on="pattern", how="anti")
            found |= told.filter(pl.col("count") <= wording.most).select("pattern", "format").rows()
    return found


def _match(near: pl.DataFrame, wording: Wording) -> pl.DataFrame:
    """Return the rows whose text one wording claims."""
    told = near.filter(pl.col("text").str.contains(f"(?i){wording.regex}"))
    return told.filter(~pl.col("text").str.contains(f"(?i){wording.unless}")) if wording.unless else told


def _fetch_hits(records: pl.LazyFrame, patterns: Sequence[int]) -> list[Hit]:
    if not patterns:
        return []
    wanted = pl.col("pattern").is_in(pl.Series(patterns, dtype=pl.UInt32).implode())
    rows = (
        records.filter(wanted & pl.col("time").is_not_null())
        .select(_COLUMNS)
        .with_columns(pl.col("service").cast(pl.String))
        .collect(engine="streaming")
        .sort("time", "file_id", "line")
        .rows()
    )
    return [Hit(time, None if service == UNNAMED else service, *rest) for time, service, *rest in rows]


def _group_hits(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Return the hits of each message and service, in order of time; the rarest first, they tell most."""
    groups: dict[tuple[int, str | None], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.pattern, hit.service), []).append(hit)
    return sorted(groups.values(), key=len)


def _weigh(told: Sequence[Told], request: DeployRequest, begins: Mapping[str, datetime]) -> Iterator[Sighting]:
    """Yield the sightings; a start with another version than the one before is a deployment."""
    versions: dict[tuple[str | None, str], str] = {}
    values = _find_values(told)
    for index, one in enumerate(told):
        sighting = _to_sighting(one, request.paths, begins)
        key = (sighting.service, (one.change.product or one.change.service or "").lower())
        known = versions.get(key)
        if one.change.wording.starts and sighting.version:
            versions[key] = sighting.version
            if known is not None and known != sighting.version:
                kind = DeployKind.DEPLOYMENT
                yield replace(sighting, kind=kind, before=known, after=sighting.version)
                if index not in values:
                    continue
        if index in values:
            yield _to_setting(sighting, values[index])
            continue
        yield replace(sighting, begins=sighting.kind is DeployKind.RESTART and _begins_there(sighting, request, begins))


def _find_values(told: Sequence[Told]) -> Mapping[int, StartValue]:
    """Return the setting that changed at each start, by its position among all that was told."""
    starts: dict[str | None, list[int]] = {}
    for index, one in enumerate(told):
        if one.change.wording.starts:
            starts.setdefault(one.hit.service, []).append(index)
    found: dict[int, StartValue] = {}
    for own in starts.values():
        values = find_start_values([(told[index].hit.time, told[index].message.text) for index in own])
        found |= {own[position]: value for position, value in values.items()}
    return found


def _to_setting(start: Sighting, value: StartValue) -> Sighting:
    """Return the change of a setting that a start tells."""
    said = f"{value.name} from {value.before} to {value.after}, as told at its start: {start.summary}"
    return replace(
        start,
        kind=DeployKind.CONFIG,
        version=None,
        revision=None,
        summary=clean_summary(said),
        before=value.before,
        after=value.after,
        starts=False,
    )


def _begins_there(sighting: Sighting, request: DeployRequest, begins: Mapping[str, datetime]) -> bool:
    """Tell whether a service's records begin with this one, at the beginning of the data."""
    if request.first is None or request.last is None:
        return False
    slack = timedelta(seconds=START_SLACK_S)
    begin = begins.get(sighting.service or "", request.first)
    head = request.first + max((request.last - request.first) * HEAD_SHARE, slack)
    return sighting.at - begin <= slack and sighting.at <= head


def _to_sighting(one: Told, paths: Sequence[str], begins: Mapping[str, datetime]) -> Sighting:
    hit, change, fields = one.hit, one.change, one.fields
    before, after = (None, None) if change.wording.starts else (fields.before, fields.after)
    return Sighting(
        at=hit.time,
        kind=change.wording.kind,
        service=_name_service(hit, change, begins),
        version=clean_version(one.version),
        summary=clean_summary(_summarise(one)),
        before=change.before or before,
        after=change.after or after,
        source=Place(paths[hit.file_id], hit.line, hit.line + one.message.lines - 1),
        origin=Origin.LOG,
        wording=change.wording.ident,
        starts=change.wording.starts,
        revision=fields.revision,
    )


def _summarise(one: Told) -> str:
    """Return what a record says of the change: its words, and what only its fields say."""
    change, text = one.change, one.message.text
    if change.summary:
        return change.summary
    if change.wording.starts:
        return one.fields.tell_start(text)
    return one.fields.tell(text, said=change.before is not None or change.after is not None)


def _name_service(hit: Hit, change: ToldChange, begins: Mapping[str, datetime]) -> str | None:
    """Return who changed: a supervisor's line says it in words, any other program speaks of itself."""
    if change.wording.of_others:
        return (find_service(change.service, begins) or change.service) if change.service else None
    return hit.service or change.service


def clean_version(version: str | None) -> str | None:
    """Return a version without the letter before its number and without punctuation behind it."""
    if version is None:
        return None
    plain = version.rstrip(".,;:)")
    return plain[1:] if plain[:1] in "vV" and plain[1:2].isdigit() else plain
