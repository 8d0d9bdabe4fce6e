"""How far a rollout is, and what it would run: as text and as JSON."""

import json
from collections.abc import Sequence

from hotfix.core.plain import tame
from hotfix.report.rolloutview import list_phases
from hotfix.report.rolloutwords import say_clock
from hotfix.rollout.execute.back import Back
from hotfix.rollout.execute.dryrun import Listed
from hotfix.rollout.execute.records import say_time
from hotfix.rollout.execute.standing import Standing
from hotfix.rollout.traffic import say_share


def say_standing(standing: Standing) -> str:
    """Return the answer of ``hotfix deploy status``: where it stands, what is true, who drives it, what to do next."""
    past, state = standing.past, standing.past.state
    rows = list_phases(standing.policy, state)
    lines = [f"{f'phase {row[0]}':<10}{row[1]:<8}{row[4]}" for row in rows]
    read = "cannot be told" if standing.share_read is None else say_share(standing.share_read)
    planned = "" if standing.share_planned is None else f", {say_share(standing.share_planned)} by the journal"
    lines += [
        f"clock     {say_clock(state, standing.policy, standing.now_s)}",
        f"share     {read}{planned}: {standing.read}",
        f"decision  {past.looks[-1].verdict}: {past.looks[-1].reason}" if past.looks else "decision  none yet",
        f"last      {say_time(past.lines[-1].at_s)}  {past.lines[-1].kind}: {past.lines[-1].text}",
        f"driven    by {standing.holder}" if standing.holder else "driven    by nobody on this machine",
        *(f"left out  {one.where}: {one.reason}" for one in past.skipped),
        f"next      {standing.following}",
    ]
    if state.why:
        lines.insert(len(rows), f"why       {state.why}")
    return "\n".join(map(tame, lines))


def render_standing(standing: Standing) -> str:
    """Return the same as one JSON object."""
    past, state, looks = standing.past, standing.past.state, standing.past.looks
    whole = {
        "phase": state.phase + 1,
        "phases": len(standing.policy.phases),
        "step": state.step,
        "since": say_time(state.since_s),
        "phase_began": say_time(state.began_s),
        "share_planned": standing.share_planned,
        "share_read": standing.share_read,
        "read": tame(standing.read),
        "decision": {"verdict": looks[-1].verdict, "reason": tame(looks[-1].reason)} if looks else None,
        "why": tame(state.why),
        "driven_by": str(standing.holder) if standing.holder else None,
        "skipped": [{"where": one.where, "reason": tame(one.reason)} for one in past.skipped],
        "next": standing.following,
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)


def say_steps(steps: Sequence[Listed]) -> str:
    """Return every command of a dry run under the step that would run it."""
    lines = list[str]()
    for step in steps:
        commands = "\n".join(step.commands) or "# nothing to do"
        lines += [f"# {step.what}", *map(tame, commands.splitlines())]
    return "\n".join(lines)


def render_steps(steps: Sequence[Listed]) -> str:
    """Return the same as JSON, one object on a line."""
    rows = ({"step": one.what, "share": one.share, "commands": list(one.commands)} for one in steps)
    return "\n".join(json.dumps(row, ensure_ascii=True) for row in rows)


def render_back(back: Back) -> str:
    """Return how going back went, as one JSON object."""
    whole = {
        "rolled_back": back.done,
        "text": tame(back.text),
        "seconds": round(back.seconds, 3),
        "moved_s": None if back.moved_s is None else round(back.moved_s, 3),
        "tries": back.tries,
        "counted": back.counted,
        "notes": [tame(note) for note in back.notes],
    }
    return json.dumps(whole, ensure_ascii=True, allow_nan=False)
