"""The journal of the way, `run.jsonl` in the incident folder: what was asked, and what each step rested on at its end.

What came of a step stands in its documents; a line here says that they are whole. Lines are only ever added.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.journal import append_line, read_entries
from hotfix.core.node import Node
from hotfix.core.settings import EVENTS_FILE_BYTES_MOST
from hotfix.core.text import format_time
from hotfix.flow.contract import StepName
from hotfix.flow.order import Order, describe_order, read_order

RUN = "run.jsonl"
SCHEMA = "hotfix.run/1"

Inputs = Mapping[str, str]
"""What a step rests on: a name that people know, and what tells whether it is still the same."""


@dataclass(frozen=True, slots=True)
class End:
    """That a step came to its end."""

    at: datetime
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Progress:
    """What a journal tells."""

    order: Order | None = None  # the last one; None where nobody asked for the whole way
    ended: Mapping[StepName, End] = field(default_factory=dict)  # the last time that each step came to its end


def read_progress(folder: Path) -> Progress:
    """Return what the folder's journal tells; a line that a crash cut off tells nothing.

    Raises:
        InputError: the journal is there and cannot be read.
    """
    lines, _ = read_entries(folder / RUN, EVENTS_FILE_BYTES_MOST, _parse)
    found = Progress()
    for line in lines:
        found = Progress(line.order or found.order, {**found.ended, **line.ended})
    return found


def keep_order(folder: Path, order: Order, now: datetime) -> None:
    """Write down what is asked.

    Raises:
        UsageError: the journal cannot be written; it is as it was.
    """
    _append(folder, {"time": format_time(now), "kind": "asked", "order": describe_order(order)})


def keep_end(folder: Path, step: StepName, inputs: Inputs, now: datetime) -> None:
    """Write down that a step came to its end and what it rested on; its documents must be on disk by then.

    Raises:
        UsageError: the journal cannot be written; it is as it was.
    """
    _append(folder, {"time": format_time(now), "kind": "ended", "step": step, "inputs": dict(inputs)})


def _append(folder: Path, values: dict[str, object]) -> None:
    path = folder / RUN
    try:
        append_line(path, json.dumps({"schema": SCHEMA, **values}, ensure_ascii=True))
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"expected a journal that can be written at {path}, found: {found}") from None


def _parse(line: str, where: str) -> Progress:
    root = Node.parse(line, where, SCHEMA)
    root.check_schema()
    if root.get("kind").word() == "asked":
        return Progress(read_order(root.get("order")))
    inputs = root.get("inputs")
    end = End(root.get("time").time(), {name: inputs.get(name).text() for name in inputs.mapping()})
    return Progress(ended={root.get("step").one_of(StepName): end})
