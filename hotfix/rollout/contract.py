"""The values that plan, traffic, monitor, judge and executor of a rollout exchange. All frozen; nothing runs here.

Times are seconds on one clock that the executor chooses, the same for all values of a rollout. Counts of an observation
are those of its window alone, never running totals.
"""

from dataclasses import dataclass
from enum import StrEnum

from hotfix.rollout.strategies import Strategy


@dataclass(frozen=True, slots=True)
class LatencySketch:
    """Durations of requests, counted in buckets that grow by a constant factor (`judge.latency` makes and reads them).

    Two sketches of disjoint requests add up bucket by bucket.
    """

    buckets: tuple[tuple[int, int], ...] = ()  # (bucket, requests > 0), by rising bucket

    @property
    def count(self) -> int:
        """Requests whose duration is known; may be fewer than all requests of the window."""
        return sum(count for _bucket, count in self.buckets)


@dataclass(frozen=True, slots=True)
class Side:
    """What one version did in one window."""

    requests: int = 0
    errors: int = 0  # requests that failed, 0..requests
    latency: LatencySketch = LatencySketch()
    bug: int = 0  # records of the incident's own template
    last_data_s: float | None = None  # when its monitoring last answered, be it that nothing came; None: never


@dataclass(frozen=True, slots=True)
class FatalClass:
    """A class of fatal errors (an exception's class, a crash) that was not known before the rollout."""

    name: str
    canary: int  # times in the window, at least 0
    baseline: int


@dataclass(frozen=True, slots=True)
class NewError:
    """A kind of error (an exception's class, a message's template) that is not fatal and was not known before."""

    name: str
    canary: int  # times in the window, at least 0
    baseline: int


@dataclass(frozen=True, slots=True)
class Observation:
    """What the monitor saw in one window of one phase, canary and concurrent baseline apart.

    A window follows the one before it without overlap. At full traffic the baseline has no requests.
    """

    phase: int  # index into `Policy.phases`
    begin_s: float
    end_s: float
    canary: Side
    baseline: Side
    fatal: tuple[FatalClass, ...] = ()
    usual_requests: float | None = None  # of both sides in such a window by history; None: not known
    new_errors: tuple[NewError, ...] = ()


class Stage(StrEnum):
    """What the rollout waits for while it is watched; triggers are armed in each."""

    WATCHING = "watching"
    PAUSED = "paused"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Look:
    """When and in what stage the rollout is looked at."""

    phase: int  # index into `Policy.phases`
    began_s: float  # of the phase
    now_s: float
    stage: Stage = Stage.WATCHING
    paused_s: float = 0.0  # of the phase so far; not counted towards its minimum time and its deadline

    @property
    def elapsed_s(self) -> float:
        """Seconds of the phase without pauses."""
        return self.now_s - self.began_s - self.paused_s


class Verdict(StrEnum):
    """What the judge says of a phase."""

    PROMOTE = "promote"  # to the next phase; in the last one: confirmed
    HOLD = "hold"
    ROLL_BACK = "roll back"
    BLIND = "blind"  # nothing can be said, which is not health: hold, and find the monitoring


class Rule(StrEnum):
    """The rule that decided."""

    FATAL = "new fatal class"
    ERRORS = "more errors than the baseline"
    ERRORS_LIMIT = "error ratio above the limit"
    ERRORS_BEFORE = "more errors than the baseline had"
    LATENCY = "slower than the baseline"
    LATENCY_BEFORE = "slower than the baseline was"
    VOLUME = "too few requests"
    BUG = "the bug is still there"
    BLIND = "no data"
    DEADLINE = "deadline"
    TIME = "minimum time"
    REQUESTS = "minimum requests"
    NEW_ERRORS = "new kind of error"
    BUG_UNSURE = "the bug may still be there"
    UNSURE = "not sure yet"
    STAGE = "paused or awaiting approval"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its bounds, all of one unit; bounds hold together with the level that the judge states."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on the phase with everything that it rests on."""

    verdict: Verdict
    rule: Rule
    reason: str  # one sentence in words, with the numbers that decided
    n: int  # canary requests of this phase
    errors: Interval | None  # error ratio of the canary in this phase, 0..1; None: no requests
    p95_ratio: Interval | None  # 95th percentile of the canary over that of the baseline; None: a side has no durations
    p95_ms: float | None  # of the canary in this phase
    alerts: tuple[str, ...] = ()  # what a human should look at now, one sentence each


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of traffic; it passes when both minima are met and the judge promotes."""

    share: float  # of requests that go to the canary, above 0 and up to 1
    minimum_s: float
    minimum_requests: int  # of the canary
    deadline_s: float  # not promoted by then: back


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the policy draws its lines. Ratios of errors are shares of requests, others factors of the baseline."""

    alert_errors: float
    rollback_errors: float
    success_p95: float
    alert_p95: float
    rollback_p95: float
    rollback_volume: float
    minimum_effect: float  # canary's error ratio over the baseline's that is still accepted, at least 1
    fatal_times: int  # of one new fatal class in the canary: back at any number of requests


@dataclass(frozen=True, slots=True)
class Policy:
    """How a rollout proceeds and how it is judged (`policy.read_policy` makes it)."""

    phases: tuple[Phase, ...]  # shares rise; the last one is 1
    thresholds: Thresholds
    check_s: float  # between two looks
    window_requests: int  # of the canary: rates of fewer are not judged, unless most of them fail
    blind_after_s: float  # without data: blind
    blind_deadline_s: float  # without data: back
    false_rollback: float  # chance per rollout that a version as good as the baseline is rolled back by evidence
    settle_s: float = 0.0  # of each phase in which latency and volume say nothing: caches fill, connections move
    errors_per_fault: float = 1.0  # requests that fail of one fault, on average: 4 where clients try three times more
    strategy: Strategy = Strategy.CANARY
