"""What must be true before a rollout sends its first share: asked of the world, refused in one sentence each."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotfix.core.errors import HotfixError
from hotfix.core.text import say_span
from hotfix.rollout.contract import Observation, Policy
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


def hear_monitor(monitor: Monitor, policy: Policy, clock: Clock) -> tuple[str, float]:
    """Return from where a rollout is watched, as soon as the old version is heard: the mark, and its time.

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
            return monitor.observe(mark, 0, now_s, until_s).mark, until_s
        if now_s - begin_s > policy.blind_after_s:
            because = "".join(f"; {note}" for note in watched.notes)
            raise RefusedError(
                f"expected the monitoring to hear the old version within {say_span(policy.blind_after_s)}, "
                f"found nothing{because}"
            )
