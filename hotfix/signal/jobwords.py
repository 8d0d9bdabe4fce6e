"""Tells by its words whether a message starts or finishes a job, and which one: text in, words and choices out."""

import re
from dataclasses import dataclass

STARTS = frozenset(
    {"start", "starts", "started", "starting", "begin", "begins", "began", "begun", "beginning", "launch", "launched"}
    | {"launching", "run", "running", "executing", "triggered", "kicked", "kicking", "entering", "entered", "initiated"}
)
"""Words of a begin."""
FINISHES = frozenset(
    {"finish", "finishes", "finished", "complete", "completes", "completed", "done", "end", "ends", "ended", "ending"}
    | {"stop", "stops", "stopped", "succeeded", "exited", "exit", "terminated", "leaving", "left", "aborted", "failed"}
)
"""Words of an end."""
COMMON = frozenset(
    {"job", "task", "cron", "process", "worker", "batch", "scheduled", "scheduler", "the", "a", "an", "of", "for", "in"}
    | {
        "to",
        "after",
        "at",
        "on",
        "with",
        "by",
        "from",
        "and",
        "is",
        "was",
        "has",
        "been",
        "now",
        "off",
        "s",
        "ms",
        "min",
    }
    | {"seconds", "took", "status", "ok", "success", "successfully", "info", "name", "event", "id", "state", "new"}
)
"""Words that tell nothing of which job it is."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Edge:
    """What a message that starts or finishes a job says."""

    starts: bool
    finishes: bool
    names: frozenset[str]  # words that may name the job


def read_edge(text: str) -> Edge | None:
    """Return what a message tells of the begin or end of a job; None when it speaks of neither."""
    words = frozenset(_WORD.findall(_CAMEL.sub(" ", text).lower()))
    starts, finishes = bool(words & STARTS), bool(words & FINISHES)
    return Edge(starts, finishes, words - STARTS - FINISHES - COMMON) if starts or finishes else None
