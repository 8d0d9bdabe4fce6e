"""The way back: sends every request to the old version, and does not believe it until it is read back and counted.

Needs a traffic provider and a clock, and nothing else: no journal, no policy, no monitoring.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hotfix.core.text import say_span
from hotfix.rollout.execute.contract import Clock
from hotfix.rollout.execute.limits import (
    BACK_PAUSE_FIRST_S,
    BACK_PAUSE_MOST_S,
    BACK_TRIES_S,
    COUNT_MOST_S,
    COUNT_SILENT_S,
    COUNT_WINDOW_S,
    COUNTED_LEAST,
)
from hotfix.rollout.traffic import Traffic, TrafficError, move_share


@dataclass(frozen=True, slots=True)
class Back:
    """How going back went."""

    done: bool  # the old version serves all: read back, and counted where the provider counts
    text: str  # one sentence
    seconds: float  # until it was known
    moved_s: float | None  # until the share was read back as none; None: it was not
    tries: int
    counted: int = 0  # requests since then, all of them at the old version
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted after traffic had moved."""

    old: int
    fault: str = ""  # requests still come to the new version
    note: str = ""


def send_back(traffic: Traffic, clock: Clock, tell: Callable[[str], None], tries_s: float = BACK_TRIES_S) -> Back:
    """Send all requests to the old version; tried again while it fails.

    Args:
        traffic: the provider.
        clock: measures, and waits between tries.
        tell: is told why a try failed.
        tries_s: for how long it is tried again.
    """
    begin_s, pause_s, tries = clock.now_s(), BACK_PAUSE_FIRST_S, 0
    while True:
        tries += 1
        try:
            reading = move_share(traffic, 0.0)
            break
        except TrafficError as error:
            spent_s = clock.now_s() - begin_s
            if spent_s + pause_s > tries_s:
                said = f"not back after {tries} tries in {say_span(spent_s)}: {error}"
                return Back(done=False, text=said, seconds=spent_s, moved_s=None, tries=tries)
            tell(f"not back yet, tried again in {say_span(pause_s)}: {error}")
            clock.wait(pause_s)
            pause_s = min(2 * pause_s, BACK_PAUSE_MOST_S)
    moved_s = clock.now_s() - begin_s
    counted = _count_until_all_old(traffic, clock)
    seconds = clock.now_s() - begin_s
    notes = tuple(filter(None, (*reading.notes, counted.note)))
    proof = f"{counted.old:,} requests since then all came to it" if counted.old else "by the share that was read back"
    said = counted.fault or f"the old version serves all after {say_span(moved_s)}; {proof}"
    return Back(not counted.fault, said, seconds, moved_s, tries, counted.old, notes)


def _count_until_all_old(traffic: Traffic, clock: Clock) -> _Counted:
    """Count until enough requests in a row came to the old version and none to the new one."""
    begin_s, clean_s, old = clock.now_s(), clock.now_s(), 0
    while True:
        try:
            if (mark := traffic.mark_count()) is None:
                return _Counted(0, note="the provider does not count requests")
            clock.wait(COUNT_WINDOW_S)
            moved = traffic.measure_share(mark)
        except TrafficError as error:
            return _Counted(old, note=f"requests could not be counted: {error}")
        now_s = clock.now_s()
        if moved.new:
            clean_s, old = now_s, 0
            if now_s - begin_s > COUNT_MOST_S:
                said = f"{moved.new:,} of {moved.new + moved.old:,} requests in the last {say_span(COUNT_WINDOW_S)}"
                return _Counted(
                    0, f"the share is none for {say_span(now_s - begin_s)}, and the new version still got {said}"
                )
            continue
        old += moved.old
        if old >= COUNTED_LEAST:
            return _Counted(old)
        if now_s - clean_s > COUNT_SILENT_S:
            return _Counted(old, note=f"few requests came to be counted in {say_span(now_s - clean_s)}")
