"""Tries the provider of the traffic before a rollout: what can be tried without moving a request, or a round trip.

Comes in: a provider. Goes out: every step with what was seen and how long it took. What fails is a step that failed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from hotfix.rollout.execute.lock import find_holder
from hotfix.rollout.plan.contract import Rehearsal, Step
from hotfix.rollout.traffic import Reading, Traffic, TrafficError, move_share, say_share

T = TypeVar("T")

Timer = Callable[[], float]
"""Seconds on a clock that never goes back."""

REHEARSED_SHARE = 0.01
"""Share that a round trip asks for, of which the provider makes the nearest one that it can set: some programs read
whole percents only."""


def check_traffic(traffic: Traffic, shares: Sequence[float], at: datetime, timer: Timer) -> Rehearsal:
    """Return what can be seen without moving a request; the provider is told to set nothing but what is true already.

    Args:
        traffic: the provider.
        shares: of the phases, in order.
        at: now.
        timer: measures the steps.
    """
    tries = _Tries(timer)
    if holder := find_holder(traffic.target):
        tries.fail("see that nobody moves this traffic", f"found {holder}")
        return tries.sum_up(at)
    reading = tries.add("read the share", traffic.read_share, lambda found: found.state)
    if reading is None:
        return tries.sum_up(at)
    settled = tries.add(
        "find the shares that can be set",
        lambda: tuple(map(traffic.settle_share, shares)),
        lambda found: ", ".join(map(say_share, found)),
    )
    commands = tries.add(
        "list the commands of every phase",
        lambda: tuple(traffic.list_commands(share, before) for before, share in pairwise((0.0, *shares))),
        lambda found: f"{sum(map(len, found))} commands",
    )
    back = tries.add("list the commands back", lambda: traffic.list_commands(0.0, 1.0), _say_count)
    mark = tries.add(
        "read the counters of requests",
        traffic.mark_count,
        lambda found: "the provider counts requests" if found else "the provider does not count requests",
    )
    _stay_at_none(tries, traffic, reading)
    return replace(
        tries.sum_up(at),
        state=reading.state,
        notes=reading.notes,
        settled=settled or (),
        commands=commands or (),
        back=back or (),
        counts=bool(mark),
    )


def rehearse_rollback(traffic: Traffic, seen: Rehearsal, timer: Timer) -> Rehearsal:
    """Return what was seen, and a round trip: the smallest share goes to the new version and comes back at once.

    It is refused, as a step that failed, where something failed before or the new version has requests already. However
    it ends, all requests are sent back to the old version; where that fails the last step says so.
    """
    tries = _Tries(timer, list(seen.steps))
    if not seen.passed:
        return seen
    reading = tries.add("read the share again", traffic.read_share, lambda found: found.state)
    if reading is None or reading.share != 0:
        tries.fail("move a share", "refused: not all requests are known to be at the old version")
        return replace(seen, steps=tuple(tries.steps))
    moved: Reading | None = None
    try:
        moved = tries.add(
            f"move the share nearest to {say_share(REHEARSED_SHARE)} and read it back",
            lambda: move_share(traffic, REHEARSED_SHARE),
            lambda found: found.state,
        )
    finally:
        home = tries.add(
            "move everything back and read it back", lambda: move_share(traffic, 0.0), lambda found: found.state
        )
    return replace(
        seen,
        steps=tuple(tries.steps),
        moved=moved.share if moved else None,
        back_s=tries.steps[-1].seconds if home and moved else None,
    )


def _stay_at_none(tries: "_Tries", traffic: Traffic, reading: Reading) -> None:
    """Set the share to none where it is none and the provider says that nothing would be done for it."""
    what = "set a share of 0 where it is 0"
    if reading.share != 0:
        found = "no share that can be told" if reading.share is None else f"a share of {say_share(reading.share)}"
        tries.fail(what, f"expected all requests at the old version, found {found}")
        return
    there = tries.add("list the commands of a share of 0", lambda: traffic.list_commands(0.0), _say_count)
    if there == ():
        tries.add(what, lambda: move_share(traffic, 0.0), lambda found: found.state)


def _say_count(commands: tuple[str, ...]) -> str:
    return f"{len(commands)} {'command' if len(commands) == 1 else 'commands'}"


@dataclass(slots=True)
class _Tries:
    """Steps as they are tried."""

    timer: Timer
    steps: list[Step] = field(default_factory=list)

    def add(self, what: str, attempt: Callable[[], T], say: Callable[[T], str]) -> T | None:
        """Try something and keep how it went; None where it failed."""
        begin = self.timer()
        try:
            found = attempt()
        except TrafficError as error:
            self.steps.append(Step(what, passed=False, detail=str(error), seconds=self.timer() - begin))
            return None
        self.steps.append(Step(what, passed=True, detail=say(found), seconds=self.timer() - begin))
        return found

    def fail(self, what: str, why: str) -> None:
        """Keep that something was not tried because it must not be."""
        self.steps.append(Step(what, passed=False, detail=why, seconds=0.0))

    def sum_up(self, at: datetime) -> Rehearsal:
        """Return what was tried so far."""
        return Rehearsal(at, tuple(self.steps))
