"""The actions of an incident, `actions.jsonl` in its folder: proposed by the review, then done or declined by people.

Comes in: suggestions, or a person's word. Goes out: each action with where it stands. Lines are only ever added.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from hotfix.core.errors import InputError, UsageError, did_you_mean
from hotfix.core.journal import append_line, read_lines
from hotfix.core.node import Node
from hotfix.core.settings import EVENT_BYTES_MOST, EVENTS_FILE_BYTES_MOST
from hotfix.core.text import format_time
from hotfix.learn.actionrules import ActionType, Horizon, Suggestion

ACTIONS = "actions.jsonl"
SCHEMA = "hotfix.action/1"


class Standing(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Action:
    """One action and where it stands."""

    id: str  # "A1", "A2" … in the order they were proposed
    what: Suggestion
    standing: Standing = Standing.OPEN
    said: str = ""  # what shows that it is done, or why it was declined
    said_at: datetime | None = None

    def is_overdue(self, today: date) -> bool:
        """Tell whether it is open and its day has passed."""
        return self.standing is Standing.OPEN and self.what.due < today


def read_actions(folder: Path) -> tuple[Action, ...]:
    """Return the actions of a folder in the order they were proposed; none where no review was written.

    Raises:
        InputError: the file is there and cannot be read, or a line is no action; the message names the line.
    """
    path, found = folder / ACTIONS, dict[str, Action]()
    for number, line in enumerate(read_lines(path, EVENTS_FILE_BYTES_MOST), start=1):
        try:
            node = Node.parse(line, f"{path}:{number}", SCHEMA)
        except InputError:  # a line that a crash cut off was never told to anybody
            continue
        _apply(found, node)
    return tuple(found.values())


def propose_actions(folder: Path, suggestions: Iterable[Suggestion], now: datetime) -> tuple[Action, ...]:
    """Write down the suggestions that are not there yet, and return all actions of the folder.

    Raises:
        InputError: what is there cannot be read.
        UsageError: the file cannot be written.
    """
    known = read_actions(folder)
    texts, number = {one.what.text for one in known}, len(known)
    for one in suggestions:
        if one.text not in texts:
            number += 1
            texts.add(one.text)
            _append(folder, now, _render(f"A{number}", one))
    return read_actions(folder)


def settle_action(folder: Path, ident: str, standing: Standing, said: str, now: datetime) -> Action:
    """Write down that an action is done, with what shows it, or declined, with the reason; return it.

    Raises:
        UsageError: there is no such action, it is settled so already, or nothing was said.
    """
    known = read_actions(folder)
    action = next((one for one in known if one.id.lower() == ident.lower()), None)
    if action is None:
        listed = ", ".join(one.id for one in known) or "none; hotfix rca proposes them"
        raise UsageError(
            f"expected an action of {folder.name} ({listed}), found {ident!r}"
            f"{did_you_mean(ident.upper(), [one.id for one in known])}"
        )
    if action.standing is standing:
        raise UsageError(f"{action.id} is {standing} already: {action.said}")
    if not said.strip():
        raise UsageError("expected some words on how it is known to be done, or why it is declined, found none")
    _append(folder, now, {"kind": standing.value, "action": action.id, "said": said})
    return replace(action, standing=standing, said=said, said_at=now)


def _append(folder: Path, now: datetime, content: dict[str, str]) -> None:
    path = folder / ACTIONS
    line = json.dumps({"schema": SCHEMA, "time": format_time(now)} | content, ensure_ascii=True)
    if len(line) > EVENT_BYTES_MOST:
        raise UsageError(f"expected at most {EVENT_BYTES_MOST} characters in one entry of {path}, found {len(line)}")
    try:
        append_line(path, line)
    except OSError as error:
        raise UsageError(f"expected actions that can be written at {path}, found: {error.strerror}") from None


def _render(ident: str, one: Suggestion) -> dict[str, str]:
    return {
        "kind": "proposed",
        "action": ident,
        "text": one.text,
        "type": one.type.value,
        "horizon": one.horizon.value,
        "owner": one.owner,
        "due": one.due.isoformat(),
        "factor": one.factor,
        "evidence": one.done,
    }


def _apply(found: dict[str, Action], root: Node) -> None:
    """Take one line into account."""
    root.check_schema()
    kind, ident = root.get("kind").text(), root.get("action").text()
    if kind == "proposed":
        found.setdefault(ident, Action(ident, _take(root)))
        return
    if ident not in found:
        raise InputError(f"expected an action that was proposed before {root.at}, found {ident!r:.40}")
    standing = root.get("kind").one_of(Standing)
    found[ident] = replace(
        found[ident], standing=standing, said=root.get("said").text(), said_at=root.get("time").time()
    )


def _take(root: Node) -> Suggestion:
    try:
        due = date.fromisoformat(root.get("due").text())
    except ValueError:
        raise root.get("due").wrong("a day as YYYY-MM-DD") from None
    return Suggestion(
        horizon=root.get("horizon").one_of(Horizon),
        type=root.get("type").one_of(ActionType),
        owner=root.get("owner").text(),
        text=root.get("text").text(),
        done=root.get("evidence").text(),
        factor=root.get("factor").text(),
        due=due,
    )
