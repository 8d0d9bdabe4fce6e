"""Recognises what the fields of an alert mean, however they are called: texts come in, signals go out.

Alertmanager's webhook, its API v2 and lists of other systems differ in names alone. A field that says since when an
alert fires counts from there; a field that only says a time tells when the alert came into its state.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from hotfix.signal.deploys.fields import clean_summary
from hotfix.signal.deploys.stamps import read_times

_NAMES = {
    "name": "alertname labelsalertname alert alerttitle monitor monitorname rule rulename check checkname title name "
    "description summary message",
    "service": "service servicename labelsservice servicesummary svc app application labelsapp labelsapplication "
    "component labelscomponent labelsjob job",
    "state": "state statusstate status currentstate newstate",
    "began": "startsat startedat firedat firingsince triggeredat triggeredon createdat createdon openedat",
    "ended": "endsat endedat resolvedat resolvedon closedat",
    "at": "time timestamp at datetime date when ts eventtime statechangetime",
    "summary": "annotationssummary annotationsdescription annotationsmessage summary description message text details",
    "severity": "labelsseverity severity priority urgency level",
    "fingerprint": "fingerprint alertid incidentid incidentnumber incidentkey id",
}
NAMES: Mapping[str, tuple[str, ...]] = {role: tuple(names.split()) for role, names in _NAMES.items()}
"""What a field may be called, best first; case, spaces and punctuation do not count."""

TIME_EXAMPLES = "startsAt, created_at, time"

_CLOCK = re.compile(r"\d:\d\d")
_PUNCTUATION = re.compile(r"[^a-z0-9]+")


class Turn(StrEnum):
    """What became of an alert."""

    FIRES = "fires"
    SUPPRESSED = "suppressed"  # it fires, and was silenced or inhibited: nobody was told
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


_STATES = {
    Turn.FIRES: "firing fires fired triggered trigger alerting alert alarm active open opened problem critical down "
    "warning unprocessed new",
    Turn.SUPPRESSED: "suppressed silenced inhibited muted",
    Turn.ACKNOWLEDGED: "acknowledged acked ack acknowledge",
    Turn.RESOLVED: "resolved resolve ok recovered recovery closed close up normal inactive cleared",
}
_TURNS = {word: turn for turn, words in _STATES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that a monitoring system said of one alert."""

    at: datetime
    turn: Turn
    name: str
    service: str | None  # None when it is not said which
    summary: str  # empty when nothing more is said
    severity: str | None  # in the words of the source
    fingerprint: str | None  # what tells it from others of its name
    zone: str  # how the zone of its time is known
    where: str  # file and line


@dataclass(frozen=True, slots=True)
class _Stamp:
    """An instant, and how its zone is known."""

    at: datetime
    zone: str


def read_signals(fields: Mapping[str, str], where: str, zone: tzinfo) -> tuple[Signal, ...]:
    """Return what the fields of one alert tell: that it fires, that it is over, or both.

    Args:
        fields: texts by name; names of inner objects are joined by dots.
        where: file and line.
        zone: of times without one.

    Raises:
        ValueError: the name, the state or the time is missing or not known; the message says what was expected.
    """
    texts = {_plain(name): text.strip() for name, text in fields.items() if text.strip()}
    said = {role: _first(texts, names) for role, names in NAMES.items()}
    name = said["name"]
    if name is None:
        raise ValueError("expected the name of the alert in a field such as alertname, alert or name, found none")
    stamps = {role: _read_stamp(said[role], zone) for role in ("began", "ended", "at")}
    turns = tuple(_find_turns(said["state"], stamps))
    if not turns:
        raise ValueError(f"expected a time with its day in a field such as {TIME_EXAMPLES}, found {_say_times(said)}")
    summary = said["summary"] if said["summary"] != name else None
    return tuple(
        Signal(
            at=stamp.at,
            turn=turn,
            name=clean_summary(name),
            service=said["service"],
            summary=clean_summary(summary or ""),
            severity=said["severity"],
            fingerprint=said["fingerprint"],
            zone=stamp.zone,
            where=where,
        )
        for turn, stamp in turns
    )


def knows_time(names: list[str]) -> bool:
    """Tell whether one of these names is known to hold a time of an alert."""
    known = {name for role in ("began", "ended", "at") for name in NAMES[role]}
    return any(_plain(name) in known for name in names)


def count_known(names: list[str]) -> int:
    """Return how many of these names are known."""
    known = {name for names in NAMES.values() for name in names}
    return sum(_plain(name) in known for name in names)


def _find_turns(state: str | None, stamps: Mapping[str, _Stamp | None]) -> Iterator[tuple[Turn, _Stamp]]:
    """Yield what became of the alert and when; an end that lies ahead of an alert that fires is no end."""
    turn = _read_turn(state, over=stamps["ended"] is not None)
    began, ended, at = stamps["began"], stamps["ended"], stamps["at"]
    if began is None and at is not None and ended is None:
        yield turn, at
        return
    if start := began or at:
        yield Turn.SUPPRESSED if turn is Turn.SUPPRESSED else Turn.FIRES, start
    if turn is Turn.RESOLVED and ended:
        yield turn, ended


def _read_turn(state: str | None, *, over: bool) -> Turn:
    if state is None:
        return Turn.RESOLVED if over else Turn.FIRES
    if (turn := _TURNS.get(state.strip().lower())) is None:
        raise ValueError(f"expected a state such as firing, acknowledged, suppressed or resolved, found {state[:60]!r}")
    return turn


def _read_stamp(text: str | None, zone: tzinfo) -> _Stamp | None:
    """Return the instant of a text, None where it is none or before 1970, as the zero of some programs."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text) if _CLOCK.search(text) else _read_other(text)
    except ValueError:
        found = _read_other(text)
    try:
        if found is None or found.astimezone(UTC).year < 1970:  # the epoch
            return None
    except (ValueError, OverflowError):
        return None
    if found.tzinfo is not None:
        return _Stamp(found.astimezone(UTC), f"UTC; as written, {found:%z}" if found.utcoffset() else "UTC; as written")
    return _Stamp(found.replace(tzinfo=zone).astimezone(UTC), f"UTC; {zone} assumed")


def _read_other(text: str) -> datetime | None:
    """Return the instant of a text in another form than ISO 8601; without a zone where it says none."""
    times = read_times([text], None)
    at = times.instants[0]
    return at.replace(tzinfo=None) if at and times.zoneless else at


def _say_times(said: Mapping[str, str | None]) -> str:
    found = next((said[role] for role in ("began", "ended", "at") if said[role]), None)
    return "none" if found is None else f"{found[:60]!r}"


def _first(texts: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((texts[name] for name in names if name in texts), None)


def _plain(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())
