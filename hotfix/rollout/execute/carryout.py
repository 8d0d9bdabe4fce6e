"""Begins a rollout or takes one up again: checks, writes how it begins, and drives it to its end."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotfix.core.errors import UsageError
from hotfix.rollout.execute.contract import Entry, Kind, State
from hotfix.rollout.execute.driver import Rollout, World
from hotfix.rollout.execute.journal import Past
from hotfix.rollout.execute.machine import Rules, begin
from hotfix.rollout.execute.records import render_policy
from hotfix.rollout.execute.resume import check_same, find_state
from hotfix.rollout.execute.start import Start, check_new, check_traffic, hear_monitor, watch_old


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be carried out."""

    rules: Rules
    check_new: Sequence[str] | None  # command that succeeds when the new version answers
    past: Past | None  # what the journal holds
    version: str  # of the program, for the journal


def start_rollout(world: World, order: Order) -> State:
    """Carry a new rollout out to its end.

    Raises:
        UsageError: one is under way already.
        RefusedError: it must not begin; nothing was changed.
        TrafficError: the provider does not answer; nothing was changed.
    """
    if order.past and not order.past.is_over:
        state = order.past.state
        raise UsageError(
            f"expected no rollout under way, found one in phase {state.phase + 1} ({state.step}); "
            "hotfix deploy run --resume goes on with it, and hotfix deploy rollback with the incident's name ends it"
        )
    return _begin(world, order, Kind.BEGUN, "The rollout begins.").run()


def resume_rollout(world: World, order: Order) -> State:
    """Carry a rollout that was killed or interrupted out to its end.

    Raises:
        UsageError: there is none, it is over, or the configuration is another one.
        RefusedError: it would begin anew and must not.
        TrafficError: the provider does not answer, so that nobody knows what is true.
    """
    past = order.past
    if past is None:
        raise UsageError("expected a rollout that was interrupted, found none; hotfix deploy run begins one")
    check_same(past, world.traffic, order.rules)
    found = find_state(past, world.traffic, order.rules, world.clock.now_s())
    if found.anew:
        return _begin(world, order, Kind.RESUMED, found.text).run()
    seen = past.observations
    count_mark = world.traffic.mark_count() if found.arrived else past.find_detail("count_mark")
    start = Start(
        state=found.state,
        mark=past.looks[-1].mark if past.looks else past.find_detail("mark") or "",
        until_s=seen[-1].end_s if seen else past.lines[0].at_s,
        seen=seen,
        count_mark=count_mark,
    )
    details = {**_name_driver(order), "count_mark": count_mark}
    _tell(world, Entry(Kind.RESUMED, world.clock.now_s(), found.state, found.text, details=details))
    return Rollout(world, order.rules, start).run()


def _begin(world: World, order: Order, kind: Kind, text: str) -> Rollout:
    """Check what must be true before the first step, and write down how it begins."""
    check_traffic(world.traffic)
    check_new(order.check_new)
    policy = order.rules.policy
    heard = hear_monitor(world.monitor, policy, world.clock)
    heard = watch_old(world.monitor, policy, world.clock, heard)
    state = begin(heard.until_s)
    details: Mapping[str, object] = {
        **_name_driver(order),
        "target": world.traffic.target,
        "policy": render_policy(policy),
        "mark": heard.mark,
    }
    _tell(world, Entry(kind, heard.until_s, state, text, details=details, before=heard.old))
    return Rollout(world, order.rules, Start(state, heard.mark, heard.until_s, heard.old))


def _tell(world: World, entry: Entry) -> None:
    world.keep(entry)
    world.listener.hear(entry)


def _name_driver(order: Order) -> Mapping[str, object]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "version": order.version, "asks": order.rules.asks}
