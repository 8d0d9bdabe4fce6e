"""What a sentence may cite: evidence, changes, changes in the world and the incident, each with what it holds.

Comes in: facts of one analysis. Goes out: one `Citable` per id, with the words, numbers, times and names in it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from hotfix.core.facts import Change, Deploy, Diagnosis, Evidence, Incident, Place
from hotfix.core.text import format_time
from hotfix.diagnosis.causes import load_causes
from hotfix.diagnosis.claimwords import load_claim_words, stem_all
from hotfix.diagnosis.evidence import describe_change

INCIDENT = "I1"
"""Id under which the incident itself is cited."""

_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?Z?"
)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_NUMBER = re.compile(
    r"(?<![\w.\-/])(?<!\d,)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|[.,]\d)(\s?(?:%|[A-Za-zµ]+))?"
)
_TOKEN = re.compile(r"[A-Za-z]+|\d[\d.,]*\d|\d")
_MOVED = re.compile(r"\bfrom (\S+) to (\S+)")
_NEAR_BEFORE, _NEAR_BEHIND = 2, 3
"""Words before and behind a number, up to the next comma, that may say what it counts."""

_PART = re.compile(r"[,;:(](?!\d)")
_ASIDE = re.compile(r"\s*\([^)]*\)")
_SHARE = "share"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a fact."""

    value: Decimal
    unit: str | None
    near: frozenset[str]  # stems of the words around it


@dataclass(frozen=True, slots=True)
class Citable:
    """A fact with an id, and what a sentence that cites it may say."""

    id: str
    at: datetime | None
    service: str | None
    said: str  # written by code
    excerpt: str  # written by a log; may only be quoted
    place: Place | None
    numbers: tuple[tuple[Number, ...], ...]  # of each text in it, in their order
    times: tuple[datetime, ...]
    moved: tuple[tuple[str, str], ...]  # value before and after
    stems: frozenset[str]
    names: frozenset[str]  # services that code says it is about, in lower case
    granted: frozenset[str] = frozenset()  # stems of the words for the cause that it supports

    @property
    def text(self) -> str:
        """All that it holds."""
        where = f"\n{self.place.file}:{self.place.line}" if self.place else ""
        return f"{self.said}\n{self.excerpt}{where}"


@dataclass(frozen=True, slots=True)
class Citables:
    """Everything that may be cited in one analysis."""

    by_id: Mapping[str, Citable]
    names: frozenset[str]  # services of the analysis, in lower case
    title: str = ""  # of the leading cause, in lower case
    leading: tuple[str, ...] = field(default=())  # ids of the evidence that the diagnosis rests on


def gather_citables(
    evidence: Sequence[Evidence],
    incident: Incident | None,
    deploys: Sequence[Deploy],
    changes: Sequence[Change],
    diagnosis: Diagnosis,
) -> Citables:
    """Return what sentences about one analysis may cite."""
    facts: tuple[Evidence | Deploy | Change, ...] = (*evidence, *deploys, *changes)
    services = [one.service for one in facts]
    services += [*(incident.services if incident else ()), *(one.service for one in diagnosis.hypotheses)]
    names = frozenset(name.casefold() for name in services if name)
    cause = load_causes().get(diagnosis.category or "")
    words = load_claim_words()
    told = (
        stem_all(re.findall(r"[A-Za-z]+", f"{cause.ident} {cause.title} {cause.meaning}"))
        if cause
        else frozenset[str]()
    )
    granted = words.widen(told)
    moved = {deploy.source: _pair(deploy) for deploy in deploys}
    citable = [
        _make(one.id, one.time, one.service, one.statement, one.excerpt, one.place, names, moved.get(one.place, ()),
              granted if one.id in diagnosis.evidence else frozenset())
        for one in evidence
    ]  # fmt: skip
    citable += [
        _make(one.id, one.at, one.service, describe_deploy(one), "", one.source, names, _pair(one)) for one in deploys
    ]
    citable += [_make(one.id, one.at, one.service, describe_change(one), "", one.first, names) for one in changes]
    if incident:
        said = describe_incident(incident)
        citable.append(_make(INCIDENT, incident.started_at, None, said, "", None, names))
    title = cause.title.casefold() if cause else ""
    return Citables({one.id: one for one in citable}, names, title, diagnosis.evidence)


def describe_incident(incident: Incident) -> str:
    """Return when the incident began and ended, and how bad it is; what its severity was held against is left out."""
    end = f", ended at {format_time(incident.ended_at)}" if incident.ended_at else ""
    rule = _ASIDE.sub("", incident.severity_rule)
    return f"the incident began at {format_time(incident.started_at)}{end}; {rule}; {incident.impact.calculation}"


def describe_deploy(deploy: Deploy) -> str:
    """Return one sentence on a change in the world."""
    moved = f" ({deploy.before} before, {deploy.after} after)" if deploy.before and deploy.after else ""
    of = f" of {deploy.service}" if deploy.service else ""
    return f"{deploy.kind.value}{of} at {format_time(deploy.at)}: {deploy.summary}{moved}"


def read_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text in their order: those of times, versions, addresses and chances are left out."""
    blank = _TIME.sub(lambda found: " " * len(found[0]), text)
    return tuple(number for found in _NUMBER.finditer(blank) if (number := _to_number(blank, found)))


def to_decimal(written: str) -> Decimal:
    """Return a number as it is written, without the commas between thousands."""
    return Decimal(written.replace(",", ""))


def _to_number(text: str, found: re.Match[str]) -> Number | None:
    units = load_claim_words().units
    written = found[2] or ""
    unit = units.get(written.strip())
    if unit is None and written and not written[0].isspace():
        return None
    ahead, behind = text[max(found.start() - 60, 0) : found.start()], text[found.end(1) : found.end(1) + 60]
    before = _TOKEN.findall(_PART.split(ahead)[-1])[-_NEAR_BEFORE:]
    after = _TOKEN.findall(_PART.split(behind)[0])[:_NEAR_BEHIND]
    if before[-1:] == ["p"]:
        return None
    of = (_SHARE,) if _SHARE in text else ()
    return Number(to_decimal(found[1]), unit, stem_all((*before, *after, *of)))


def _make(  # noqa: PLR0913, PLR0917  # the parts of a fact
    ident: str,
    at: datetime | None,
    service: str | None,
    said: str,
    excerpt: str,
    place: Place | None,
    names: frozenset[str],
    moved: Iterable[tuple[str, str]] = (),
    granted: frozenset[str] = frozenset(),
) -> Citable:
    where = f"line {place.line} line {place.end_line}" if place else ""
    whole = f"{said}\n{excerpt}"
    own = {service.casefold()} if service else set[str]()
    return Citable(
        id=ident,
        at=at,
        service=service,
        said=said,
        excerpt=excerpt,
        place=place,
        numbers=tuple(read_numbers(text) for text in (*said.split("; "), excerpt, where)),
        times=(*((at,) if at else ()), *(datetime.fromisoformat(stamp) for stamp in _STAMP.findall(said))),
        moved=(*moved, *((before, after.rstrip(",;:.)")) for before, after in _MOVED.findall(said))),
        stems=stem_all(re.findall(r"[A-Za-z]+", whole)),
        names=frozenset(own | {name for name in names if holds(said.casefold(), name)}),
        granted=granted,
    )


def holds(text: str, name: str) -> bool:
    """Tell whether a name stands in a text, whole: neither of it nor of a version or number is more written there."""
    end = r"(?![\w\-/]|[.:]\d|\.\w)" if name[-1:].isdigit() else r"(?![\w\-/]|\.\w)"
    start = r"(?<![\w\-.:/])" if name[:1].isdigit() else r"(?<![\w\-.])"
    return re.search(f"{start}{re.escape(name)}{end}", text) is not None


def _pair(deploy: Deploy) -> tuple[tuple[str, str], ...]:
    return ((deploy.before, deploy.after),) if deploy.before and deploy.after else ()
