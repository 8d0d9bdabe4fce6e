"""A rollout's entries as single lines: for a terminal, and as JSON. Whatever comes from logs or programs is tamed."""

import json
import math

from hotfix.core.plain import tame
from hotfix.core.text import say_span
from hotfix.rollout.contract import Interval, Policy, Verdict
from hotfix.rollout.execute.contract import ENDS, Entry, Kind, Sight, State, Step
from hotfix.rollout.execute.records import say_time
from hotfix.rollout.traffic import say_share

_WAITING = {
    Step.PAUSED: "paused: say go to go on, or back; triggers stay armed",
    Step.APPROVAL: "ready for the next phase: say go, pause or back; triggers stay armed",
}
_ENDED = {Step.CONFIRMED: "confirmed", Step.ROLLED_BACK: "rolled back", Step.STRANDED: "not rolled back"}


def say_entry(entry: Entry, policy: Policy) -> str:
    """Return an entry as one line for a terminal that is no terminal, a log for example."""
    state, sight = entry.state, entry.sight
    said = [f"{say_time(entry.at_s)}  phase {state.phase + 1}/{len(policy.phases)}  {_say_what(entry)}: {entry.text}"]
    if sight:
        said += [say_counts(sight), *sight.decision.alerts, *sight.notes]
    said.append(say_next(entry))
    return tame("  ".join(filter(None, said)))


def say_next(entry: Entry) -> str:
    """Return what a look has led to beyond its verdict; empty where it led to nothing."""
    state, sight = entry.state, entry.sight
    if state.step in _WAITING:
        return _WAITING[state.step]
    if sight is None:
        return ""
    if state.step is Step.GOING_BACK and sight.decision.verdict is not Verdict.ROLL_BACK:
        return state.why
    return "Confirmed." if state.step is Step.CONFIRMED else ""


def say_counts(sight: Sight) -> str:
    """Return the figures of a look in one line."""
    decision = sight.decision
    slow = f"p95 {decision.p95_ms:.0f} ms" if decision.p95_ms is not None else "p95 unknown"
    ratio = f" ({say_interval(decision.p95_ratio, 1)} times)" if decision.p95_ratio else ""
    measured = "not counted" if sight.share_measured is None else say_share(sight.share_measured)
    failed = f"errors {say_interval(decision.errors, 100)} %" if decision.errors else "no requests"
    return f"[n {decision.n:,}, {failed}, {slow}{ratio}, share {say_share(sight.share_planned)}, counted {measured}]"


def say_interval(interval: Interval, factor: float) -> str:
    """Return an estimate with its bounds."""
    low, high = interval.low * factor, interval.high * factor
    return f"{interval.estimate * factor:.2f} ({low:.2f} to {high:.2f})" if math.isfinite(high) else f"≥ {low:.2f}"


def say_clock(state: State, policy: Policy, now_s: float) -> str:
    """Return how long the step of a rollout lasts, against what it may last."""
    if state.step in ENDS:
        return f"{_ENDED[state.step]} at {say_time(state.since_s)}"
    spent = say_span(now_s - state.since_s)
    if state.step in {Step.MOVING, Step.GOING_BACK} or state.phase >= len(policy.phases):  # another policy by now
        return f"{state.step} for {spent}"
    phase, waits = policy.phases[state.phase], state.step is not Step.WATCHING
    counted_s = now_s - state.began_s - state.paused_s - (now_s - state.since_s if waits else 0.0)
    least, most = say_span(phase.minimum_s), say_span(phase.deadline_s)
    said = f"watched for {say_span(counted_s)} of at least {least}, back after {most}"
    return f"{state.step} for {spent}; {said}" if waits else said


def render_entry_json(entry: Entry) -> str | None:
    """Return what ``hotfix deploy run --json`` prints of an entry, one object on a line; None: nothing.

    Printed are looks, and how it ends. Numbers that are not known are null.
    """
    sight, state = entry.sight, entry.state
    if sight is None and entry.kind not in {Kind.NOT_MOVED, Kind.ROLLED_BACK, Kind.STRANDED}:
        return None
    decision = sight.decision if sight else None
    errors = decision.errors if decision else None
    turned = sight is not None and state.step is Step.GOING_BACK
    verdict = _ENDED.get(state.step) or (Verdict.ROLL_BACK if turned or decision is None else decision.verdict).value
    reason = state.why if turned else entry.text
    whole = {
        "time": say_time(entry.at_s),
        "phase": state.phase + 1 if sight is None else sight.observation.phase + 1,
        "share_planned": sight.share_planned if sight else 0.0 if state.step is Step.ROLLED_BACK else None,
        "share_measured": sight.share_measured if sight else None,
        "n": decision.n if decision else None,
        "error_ratio": errors.estimate if errors else None,
        "interval": [errors.low, errors.high] if errors else None,
        "p95_ms": decision.p95_ms if decision else None,
        "verdict": verdict,
        "reason": tame(reason),
    }
    return json.dumps(whole, ensure_ascii=True, allow_nan=False)


def _say_what(entry: Entry) -> str:
    return f"{entry.sight.decision.verdict}" if entry.sight else f"{entry.kind}"
