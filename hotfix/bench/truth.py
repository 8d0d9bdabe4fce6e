"""What truly happened: reads the folder of a known incident, ``logs/`` with ``truth.toml`` beside it.

Keys that are read: ``verdict``, and for an incident ``service``, ``category``, ``onset`` (a TOML date-time with offset)
and ``clues`` (words that the statement must hold). Others are for people and are left alone.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import InputError, did_you_mean
from hotfix.core.facts import Verdict
from hotfix.diagnosis.causes import load_causes

TRUTH = "truth.toml"
LOGS = "logs"
_Kind = TypeVar("_Kind")
_BROKEN = (Verdict.INCIDENT, Verdict.RECOVERED)


@dataclass(frozen=True, slots=True)
class KnownIncident:
    """Logs of which it is known what happened; a control is one in which nothing broke."""

    name: str
    logs: Path
    verdict: Verdict
    service: str | None  # None for a control
    category: str | None  # cause family ident; None for a control
    onset: datetime | None  # UTC; None for a control, or where nobody knows
    clues: tuple[str, ...]  # words that the statement must hold

    @property
    def is_control(self) -> bool:
        """True when nothing broke: the right answer is to stay quiet."""
        return self.verdict not in _BROKEN


def find_incidents(folder: Path) -> tuple[KnownIncident, ...]:
    """Return the known incidents of a folder, by name: itself, or every folder in it that holds a `truth.toml`.

    Raises:
        InputError: there is none, or a truth cannot be read; the message names file and key.
    """
    if not folder.is_dir():
        raise InputError(f"expected a folder of known incidents, found none at {folder}")
    truths = [folder / TRUTH] if (folder / TRUTH).exists() else sorted(folder.glob(f"*/{TRUTH}"))
    if not truths:
        raise InputError(f"expected {TRUTH} beside {LOGS}/ in {folder} or in folders below, found none")
    return tuple(read_incident(path) for path in truths)


def read_incident(path: Path) -> KnownIncident:
    """Return what one `truth.toml` says.

    Raises:
        InputError: it is not TOML, lacks a key, or holds a value of another kind.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected TOML, found: {error}") from None
    logs = path.parent / LOGS
    if not logs.exists():
        raise InputError(f"{path}: expected the logs in {logs}, found nothing there")
    verdict = _choose(path, "verdict", _take(path, table, "verdict", str), [one.value for one in Verdict])
    broken = verdict in _BROKEN
    category = _take(path, table, "category", str) if broken else None
    return KnownIncident(
        name=path.parent.resolve().name,
        logs=logs,
        verdict=Verdict(verdict),
        service=_take(path, table, "service", str) if broken else None,
        category=_choose(path, "category", category, load_causes()) if category else None,
        onset=_take_time(path, table) if broken and "onset" in table else None,
        clues=_take_clues(path, table) if broken and "clues" in table else (),
    )


def _take(path: Path, table: Mapping[str, object], key: str, kind: type[_Kind]) -> _Kind:
    value = table.get(key)
    if not isinstance(value, kind):
        found = "nothing" if value is None else repr(value)
        raise InputError(f"{path}: {key}: expected a {kind.__name__}, found {found}{did_you_mean(key, table)}")
    return value


def _take_time(path: Path, table: Mapping[str, object]) -> datetime:
    moment = _take(path, table, "onset", datetime)
    if moment.tzinfo is None:
        raise InputError(f"{path}: onset: expected an offset, as in 2026-01-15T14:02:11Z, found {moment.isoformat()}")
    return moment.astimezone(UTC)


def _take_clues(path: Path, table: Mapping[str, object]) -> tuple[str, ...]:
    clues: list[object] = _take(path, table, "clues", list)
    if wrong := [clue for clue in clues if not isinstance(clue, str)]:
        raise InputError(f"{path}: clues: expected words, found {wrong[0]!r}")
    return tuple(str(clue) for clue in clues)


def _choose(path: Path, key: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        near = did_you_mean(value, known)
        raise InputError(f"{path}: {key}: expected one of {', '.join(known)}, found {value!r}{near}")
    return value
