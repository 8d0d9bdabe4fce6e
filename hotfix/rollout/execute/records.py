"""Entries of a rollout's journal as JSON, and back: what a resume needs is read, all else is kept for people."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from hotfix.core.node import Node
from hotfix.core.text import format_time
from hotfix.rollout.contract import FatalClass, LatencySketch, NewError, Observation, Policy, Side
from hotfix.rollout.execute.contract import Entry, Kind, State, Step

SCHEMA = "hotfix.rollout/1"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a later process needs of a look."""

    observation: Observation
    mark: str  # of the monitor
    verdict: str
    reason: str
    share_measured: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal, read back."""

    kind: Kind
    at_s: float
    state: State
    text: str
    seen: Seen | None
    details: Mapping[str, object]
    before: tuple[Observation, ...] = ()  # what the old version did before all requests leave it at once

    @property
    def at(self) -> datetime:
        """When it was written, to the millisecond."""
        return _tell_time(self.at_s)


def say_time(at_s: float) -> str:
    """Return Unix seconds as ISO 8601 in UTC."""
    return format_time(_tell_time(at_s))


def _tell_time(at_s: float) -> datetime:
    return datetime.fromtimestamp(round(at_s, 3), UTC)


def render_entry(entry: Entry) -> str:
    """Return an entry as one line of JSON, ASCII only."""
    sight = entry.sight
    whole = {
        "schema": SCHEMA,
        "time": say_time(entry.at_s),
        "at_s": entry.at_s,
        "kind": entry.kind,
        "text": entry.text,
        "state": asdict(entry.state),
        "look": sight and asdict(sight),
        "details": entry.details,
        **({"before": [asdict(one) for one in entry.before]} if entry.before else {}),
    }
    return json.dumps(make_plain(whole), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def parse_entry(line: str, where: str) -> Line:
    """Return the entry that a line holds.

    Raises:
        InputError: it holds none; the message names place and field.
    """
    root = Node.parse(line, where, SCHEMA)
    root.check_schema()
    return Line(
        kind=root.get("kind").one_of(Kind),
        at_s=_read_time(root.get("at_s")),
        state=_read_state(root.get("state")),
        text=root.get("text").text(),
        seen=root.optional("look", _read_seen),
        details=root.get("details").mapping(),
        before=tuple(map(_read_observation, root.each("before"))) if root.has("before") else (),
    )


def render_policy(policy: Policy) -> Mapping[str, object]:
    """Return a policy as plain JSON values, so that two of them can be held against each other."""
    return {key: make_plain(value) for key, value in asdict(policy).items()}


def make_plain(value: object) -> object:
    """Return a value that JSON can hold: numbers that are not finite become null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): make_plain(one) for key, one in value.items()}
    return [make_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _read_time(node: Node) -> float:
    at_s = node.number()
    try:
        _tell_time(at_s)
    except (ValueError, OverflowError, OSError):
        raise node.wrong("a time in Unix seconds") from None
    return at_s


def _read_state(node: Node) -> State:
    return State(
        step=node.get("step").one_of(Step),
        phase=node.get("phase").whole(),
        since_s=node.get("since_s").number(),
        began_s=node.get("began_s").number(),
        paused_s=node.get("paused_s").number(),
        approved=node.get("approved").truth(),
        astray_s=node.optional("astray_s", Node.number),
        why=node.get("why").text(),
    )


def _read_seen(node: Node) -> Seen:
    decision = node.get("decision")
    return Seen(
        observation=_read_observation(node.get("observation")),
        mark=node.get("mark").text(),
        verdict=decision.get("verdict").text(),
        reason=decision.get("reason").text(),
        share_measured=node.optional("share_measured", Node.number),
    )


def _read_observation(node: Node) -> Observation:
    return Observation(
        phase=node.get("phase").whole(),
        begin_s=node.get("begin_s").number(),
        end_s=node.get("end_s").number(),
        canary=_read_side(node.get("canary")),
        baseline=_read_side(node.get("baseline")),
        fatal=tuple(FatalClass(*_read_kind(one)) for one in node.each("fatal")),
        usual_requests=node.optional("usual_requests", Node.number),
        new_errors=tuple(NewError(*_read_kind(one)) for one in node.each("new_errors")),
    )


def _read_kind(node: Node) -> tuple[str, int, int]:
    return node.get("name").text(), node.get("canary").whole(), node.get("baseline").whole()


def _read_side(node: Node) -> Side:
    buckets = [_read_bucket(one) for one in node.get("latency").each("buckets")]
    return Side(
        requests=node.get("requests").whole(),
        errors=node.get("errors").whole(),
        latency=LatencySketch(tuple(buckets)),
        bug=node.get("bug").whole(),
        last_data_s=node.optional("last_data_s", Node.number),
    )


def _read_bucket(node: Node) -> tuple[int, int]:
    match node.value:
        case [int(bucket), int(count)]:
            return bucket, count
    raise node.wrong("a bucket and a count")
