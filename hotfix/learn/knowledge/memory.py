"""The signatures of the kept incidents, from the index that follows their folders; what a new one is like."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from hotfix.core.facts import Comparison
from hotfix.learn.knowledge.nearness import Measure
from hotfix.learn.knowledge.runbook import find_runbook
from hotfix.learn.knowledge.signature import Signature, parse_signature
from hotfix.learn.knowledge.similar import find_similar
from hotfix.learn.store import ask_index


def recall(root: Path) -> tuple[Signature, ...]:
    """Return the signatures of the incidents in the folders of `root`, oldest first.

    Raises:
        InputError: `root` cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    return ask_index(root, _select)


def compare_with_past(root: Path, new: Signature, measure: Measure | None) -> Comparison:
    """Return the incidents in the folders of `root` that are like a new one, and the runbook of its family, if any.

    `measure` tells how near in meaning two incidents are; None: names and words alone count.

    Raises:
        InputError: `root` cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    found = find_similar(new, recall(root), measure=measure)
    runbook = find_runbook(root, new.family) if new.family else None
    return replace(found, runbook=str(runbook)) if runbook and runbook.is_file() else found


def _select(index: sqlite3.Connection, _note: str | None) -> tuple[Signature, ...]:
    found = (parse_signature(text) for (text,) in index.execute("SELECT signature FROM signatures"))
    return tuple(sorted(found, key=lambda one: (one.started_at, one.incident)))
