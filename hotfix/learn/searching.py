"""Asks the index which incidents match: a query in, summaries out, newest first."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from hotfix.core.facts import Severity, Skipped
from hotfix.learn.indexing import EPOCH, clean, to_number
from hotfix.learn.query import Found, Query, Summary, Times
from hotfix.learn.statuses import Status

_SELECT = """
SELECT name, {found}, id, severity, status, category, services, incidents.statement,
       started_at, ended_at, noticed_at, mitigated_at, resolved_at, reviewed_at
FROM incidents JOIN folders USING (number) {texts}
WHERE (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
  AND (:severities IS NULL OR severity IN (SELECT value FROM json_each(:severities)))
  AND (:service IS NULL OR number IN (SELECT number FROM services WHERE service = :service))
  AND (:since IS NULL OR started_at >= :since)
ORDER BY started_at DESC, id LIMIT :most
"""
_ALL = _SELECT.format(found="NULL", texts="")
_MATCHING = _SELECT.format(
    found="snippet(texts, -1, '[', ']', '…', 12)",
    texts="JOIN texts ON texts.rowid = number AND texts MATCH :words",
)


def select_incidents(index: sqlite3.Connection, query: Query, note: str | None) -> Found:
    """Return what matches, and the folders that could not be read.

    Raises:
        sqlite3.Error: the index is damaged.
    """
    words = _quote_words(query.words or "")
    values = {
        "statuses": _list(query.statuses),
        "severities": _list(query.severities),
        "service": None if query.service is None else clean(query.service),
        "since": to_number(query.since),
        "most": -1 if query.most is None else query.most,
        "words": words,
    }
    rows = index.execute(_MATCHING if words else _ALL, values).fetchall()
    problems = index.execute("SELECT name, problem FROM folders WHERE problem IS NOT NULL ORDER BY name")
    return Found(tuple(map(_read_row, rows)), tuple(Skipped(name, problem) for name, problem in problems), note)


def _list(choices: Sequence[str]) -> str | None:
    return json.dumps(list(choices)) if choices else None


def _quote_words(words: str) -> str:
    """Return a query of FTS5 that finds what holds all words, or words that begin with them; no sign is syntax."""
    asked = (word.replace('"', '""') for word in clean(words).split() if any(sign.isalnum() for sign in word))
    return " ".join(f'"{word}"*' for word in asked)


def _read_row(row: tuple[str, ...]) -> Summary:
    folder, found, ident, severity, status, category, services, statement, *times = row
    return Summary(
        folder=folder,
        id=ident,
        severity=Severity(severity),
        status=Status(status),
        category=category,
        services=tuple(json.loads(services)),
        statement=statement,
        times=Times(*(None if one is None else _to_time(int(one)) for one in times)),
        found=found,
    )


def _to_time(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)
