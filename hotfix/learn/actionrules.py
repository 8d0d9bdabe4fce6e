"""Suggests actions for a review, from `rules/actions/`: per cause family, and per what let the incident through.

Comes in: a family, the gaps that the facts show, the day of the incident. Goes out: actions with their due dates.
Decides nothing: people take or decline them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from hotfix.core.errors import RuleError
from hotfix.core.resources import find_resource, read_table

UNKNOWN = "unknown"


class Horizon(StrEnum):
    """By when an action is to be done."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    QUARTER = "quarter"


class ActionType(StrEnum):
    """What an action is for."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"


class Gap(StrEnum):
    """What let an incident through or made it longer; each has a file in `rules/actions/gaps/`."""

    NO_ALERT = "no_alert"
    LATE_NOTICE = "late_notice"
    CHANGE_PASSED = "change_passed"
    MISSING_EVIDENCE = "missing_evidence"
    OVER_TARGET = "over_target"
    UNBOUNDED_HARM = "unbounded_harm"
    ROLLED_BACK = "rolled_back"


DAYS: Mapping[Horizon, int] = {Horizon.WEEK: 7, Horizon.FORTNIGHT: 14, Horizon.QUARTER: 91}
"""Days from the incident until an action is due (SPEC §5: this week, two weeks, a quarter)."""

_KEYS = {"horizon", "type", "owner", "text", "done"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One action as the review proposes it."""

    horizon: Horizon
    type: ActionType
    owner: str  # a role
    text: str  # begins with a verb and has an end
    done: str  # what shows that it is done
    factor: str  # what it answers
    due: date


def suggest_actions(family: str, gaps: Iterable[Gap], day: date) -> tuple[Suggestion, ...]:
    """Return the actions for a cause family and for each gap, nearest horizon first.

    Raises:
        RuleError: a data file is missing or breaks its contract; the message names file and key.
    """
    found = list(_read(find_resource("rules", "actions", f"{family}.toml"), day, f"Cause: {family}"))
    for gap in gaps:
        found += _read(find_resource("rules", "actions", "gaps", f"{gap}.toml"), day, None)
    return tuple(sorted(found, key=lambda one: one.due))


def _read(path: Path, day: date, factor: str | None) -> Iterator[Suggestion]:
    table = read_table(path)
    linked = factor or table.get("factor")
    rows = table.get("action")
    if not isinstance(linked, str) or not isinstance(rows, list) or not rows:
        raise RuleError(f"{path}: expected a factor and [[action]] tables, found {sorted(table)}")
    for row in rows:
        if not isinstance(row, dict) or set(row) != _KEYS or not all(isinstance(one, str) for one in row.values()):
            raise RuleError(
                f"{path}: expected the texts {', '.join(sorted(_KEYS))} in each [[action]], found {row!r:.80}"
            )
        try:
            horizon, kind = Horizon(row["horizon"]), ActionType(row["type"])
        except ValueError as error:
            raise RuleError(f"{path}: expected a known horizon and type, found: {error}") from None
        yield Suggestion(
            horizon, kind, row["owner"], row["text"], row["done"], linked, day + timedelta(days=DAYS[horizon])
        )
