"""Reads what a monitoring system said: a file comes in, signals go out, and whatever is none with place and reason.

Read are Alertmanager's webhook and its API v2 (alerts and groups), and lists of alerts as JSON, JSON lines or CSV.
Source: "Configuration: webhook_config" of Alertmanager's documentation, and its `api/v2/openapi.yaml`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo

from hotfix.core.errors import InputError
from hotfix.core.facts import Skipped
from hotfix.ingest.messages import flatten
from hotfix.learn.alertrows import TIME_EXAMPLES, Signal, count_known, knows_time, read_signals
from hotfix.signal.deploys.entries import Entry, Wanted, list_entries

ALERTS_BYTES_MOST = 64 * 1024 * 1024
"""Largest list of alerts that is read, bytes: an alert has about 1 kB (measured), so this is a storm."""

_WANTED = Wanted("alert", TIME_EXAMPLES, knows_time, count_known)
_ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Signals:
    """What a file tells."""

    signals: tuple[Signal, ...]  # in order of time, each once
    repeated: int  # what was told again
    skipped: tuple[Skipped, ...]  # what is no alert


def read_alerts(content: bytes, shown: str, zone: tzinfo) -> Signals:
    """Return what a file of alerts tells.

    Args:
        content: all of it.
        shown: how messages name the file.
        zone: of times without one.

    Raises:
        InputError: it is larger than ALERTS_BYTES_MOST.
    """
    if len(content) > ALERTS_BYTES_MOST:
        raise InputError(f"expected at most {ALERTS_BYTES_MOST} bytes of alerts in {shown}, found more")
    found, skipped, number = list[Signal](), list[Skipped](), 0
    for item in list_entries(content.decode("utf-8-sig", "replace"), shown, _WANTED):
        if isinstance(item, Skipped):
            skipped.append(item)
            continue
        for entry in _open_group(item):
            number += 1
            where = f"{shown}:{entry.line} (alert {number})"
            try:
                found += read_signals(dict(flatten(dict(entry.fields))), where, zone)
            except ValueError as error:
                skipped.append(Skipped(where, str(error)))
    distinct = {identify(one): one for one in reversed(found)}
    ordered = sorted(distinct.values(), key=lambda one: (one.at, one.turn, one.name))
    return Signals(tuple(ordered), len(found) - len(ordered), tuple(skipped))


def identify(signal: Signal) -> Signal:
    """Return what a signal is the same as, wherever and in whatever words it was told again."""
    return replace(signal, summary="", severity=None, zone="", where="")


def _open_group(entry: Entry) -> Iterator[Entry]:
    """Yield the alerts of a group or of a notification; an alert alone is one."""
    inner = entry.fields.get(_ALERTS)
    if not isinstance(inner, list):
        yield entry
        return
    for one in inner:
        yield replace(entry, fields=one if isinstance(one, dict) else {})
