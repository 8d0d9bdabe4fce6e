"""The signatures of all incidents that are kept here, from the index that follows their folders."""

import sqlite3
from pathlib import Path

from hotfix.learn.knowledge.signature import Signature, parse_signature
from hotfix.learn.store import ask_index


def recall(root: Path) -> tuple[Signature, ...]:
    """Return the signatures of the incidents in the folders of `root`, oldest first.

    Raises:
        InputError: `root` cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    return ask_index(root, _select)


def _select(index: sqlite3.Connection, _note: str | None) -> tuple[Signature, ...]:
    found = (parse_signature(text) for (text,) in index.execute("SELECT signature FROM signatures"))
    return tuple(sorted(found, key=lambda one: (one.started_at, one.incident)))
