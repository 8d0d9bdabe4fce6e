"""What must be true before a rollout sends its first share: asked of the world, refused in one sentence each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hotfix.core.errors import HotfixError
from hotfix.core.text import say_span
from hotfix.rollout.contract import Observation, Policy, Side
from hotfix.rollout.execute.contract import Clock, State
from hotfix.rollout.execute.limits import PROBE_SECONDS, START_PAUSE_S
from hotfix.rollout.monitor.contract import Monitor
from hotfix.rollout.traffic import Traffic, say_share
from hotfix.rollout.traffic.limits import SHARE_AGREES
from hotfix.rollout.traffic.running import run_command, say_command


class RefusedError(HotfixError):
    """The rollout must not begin; the message says why and what to do."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Start:
    """From where a rollout goes on."""

    state: State
    mark: str  # of the monitor, for the next window
    until_s: float  # end of the last window
    seen: tuple[Observation, ...] = ()
    count_mark: str | None = None  # where the counters of requests stood when the phase began


def check_traffic(traffic: Traffic) -> None:
    """See that no request goes to the new version yet.

    Raises:
        RefusedError: some do, or nobody can tell.
        TrafficError: the provider does not answer.
    """
    reading = traffic.read_share()
    if reading.share is None:
        raise RefusedError(f"expected the share of the new version, found that it cannot be told: {reading.state}")
    if reading.share > SHARE_AGREES:
        raise RefusedError(
            f"expected all requests at the old version, read back {say_share(reading.share)} at the new one "
            f"({reading.state}); hotfix deploy rollback sends them back"
        )


def check_new(command: Sequence[str] | None) -> None:
    """See that the new version answers, by a command that succeeds only then; nothing where none is configured.

    Raises:
        RefusedError: it does not.
        TrafficError: the command cannot be run, or does not end.
    """
    if command and (done := run_command(command, PROBE_SECONDS)).code:
        raise RefusedError(
            f"expected an answer of the new version by {say_command(command)}, found: {done.reason}; "
            "it gets no request before it answers"
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """From where a rollout is watched."""

    mark: str  # of the monitor, for the next window
    until_s: float  # begin of the next window
    old: tuple[Observation, ...] = ()  # what the old version did before all requests leave it at once


def hear_monitor(monitor: Monitor, policy: Policy, clock: Clock) -> Heard:
    """Return from where a rollout is watched, as soon as the old version is heard.

    What comes while the monitor looks back on the time before is of no phase, and left out.

    Raises:
        RefusedError: it is not heard within `Policy.blind_after_s`: what cannot be seen must not begin.
    """
    mark, begin_s = monitor.begin(), clock.now_s()
    while True:
        clock.wait(min(policy.check_s, START_PAUSE_S))
        now_s = clock.now_s()
        watched = monitor.observe(mark, 0, begin_s, now_s)  # all since the begin: a source may need a long window
        if watched.observation.baseline.last_data_s is not None:
            mark, until_s = monitor.begin(), clock.now_s()
            return Heard(monitor.observe(mark, 0, now_s, until_s).mark, until_s)
        if now_s - begin_s > policy.blind_after_s:
            because = "".join(f"; {note}" for note in watched.notes)
            raise RefusedError(
                f"expected the monitoring to hear the old version within {say_span(policy.blind_after_s)}, "
                f"found nothing{because}"
            )


def watch_old(monitor: Monitor, policy: Policy, clock: Clock, heard: Heard) -> Heard:
    """Return what the old version does, where all requests are to leave it at once: nothing runs beside the new one.

    The first window has the requests that draw the line of durations; the second those of a phase, and the time between
    two looks. Neither is waited for longer than `Policy.blind_after_s`: who has little traffic knows little of it.
    """
    if policy.phases[0].share < 1:
        return heard
    for requests, seconds in ((policy.window_requests, 0.0), (policy.phases[0].minimum_requests, policy.check_s)):
        begin_s, end_s, enough = heard.until_s, heard.until_s, False
        while not enough and end_s - begin_s < policy.blind_after_s:
            clock.wait(min(policy.check_s, START_PAUSE_S))
            end_s = clock.now_s()
            watched = monitor.observe(heard.mark, 0, begin_s, end_s)
            enough = watched.observation.baseline.requests >= requests and end_s - begin_s >= seconds
        heard = Heard(watched.mark, end_s, (*heard.old, _leave_old(watched.observation)))
    return heard


def _leave_old(seen: Observation) -> Observation:
    """Return a window without what the new version did: it gets no requests yet, but for checks of its health."""
    return replace(
        seen,
        canary=Side(),
        fatal=tuple(replace(one, canary=0) for one in seen.fatal),
        new_errors=tuple(replace(one, canary=0) for one in seen.new_errors),
    )
