"""Reads how a rollout proceeds and is judged from `hotfix.toml`, table `[deploy]`; what is not said there is SPEC's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.configfile import CONFIG_FILE, make_table, read_optional_table
from hotfix.core.configtable import Table
from hotfix.core.facts import Severity
from hotfix.core.settings import (
    ALERT_ERROR_RATIO,
    ALERT_P95_RATIO,
    CANARY_SHARES,
    ROLLBACK_ERROR_RATIO,
    ROLLBACK_P95_RATIO,
    ROLLBACK_VOLUME_RATIO,
    ROLLING_SHARES,
    SUCCESS_P95_RATIO,
    WATCH_AFTER_MIN,
    WATCH_MIN,
)
from hotfix.rollout.contract import Phase, Policy, Thresholds
from hotfix.rollout.strategies import Strategy

PARTS_READ_ELSEWHERE = ("traffic", "monitor", "check_new")
"""What `[deploy]` may hold that is not of the policy."""

MINIMUM_REQUESTS = 150
"""Canary requests of a phase: with none of 150 failed the error ratio is below the alert line of 2 % (Clopper–Pearson,
one-sided 95 %)."""

WINDOW_REQUESTS = 60
"""With no error the upper bound of the error ratio falls below the rollback line of 5 % at 59 requests (measured)."""

CHECK_S = 60.0
"""Between two looks, seconds: SPEC asks for 1 to 2 minutes."""

DEADLINE_FACTOR = 4.0
"""A phase may take so many times its minimum watch before it goes back (judgement)."""

BLIND_AFTER_CHECKS, BLIND_DEADLINE_CHECKS = 3.0, 5.0
"""Looks without data until the monitoring counts as blind, and until the rollout goes back (judgement)."""

MINIMUM_EFFECT = 1.1
"""How many times the baseline's error ratio is still no worse: with enough traffic any difference shows, and a tenth is
what SPEC grants to latency."""

FATAL_TIMES = 2
"""Times of one new fatal class that end a rollout: once may be chance (NOTES)."""

SETTLE_CHECKS = 2.0
"""Looks of each phase in which latency and volume say nothing: a new version's caches are cold, and a proxy moves only
new connections (the project's notes; judgement)."""

FALSE_ROLLBACK = 0.01
"""Chance per rollout that a version as good as the baseline is rolled back by evidence."""


SHARES = {Strategy.CANARY: CANARY_SHARES, Strategy.BLUE_GREEN: (1.0,), Strategy.ROLLING: ROLLING_SHARES}
"""Shares of the phases where the project does not say its own."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A number that a table may hold, and what holds where it is not said."""

    default: float
    low: float
    high: float = math.inf
    whole: bool = False
    above: bool = False  # `low` itself is not allowed

    def take(self, table: Table, key: str) -> float:
        """Return the number of a table, or the default.

        Raises:
            UsageError: it is no such number.
        """
        if not table.has(key):
            table.leave(key)
            return self.default
        if self.whole:
            return table.whole(key, 0, int(self.low), self.high)
        return table.number(key, self.default, self.low, self.high, above=self.above)


_THRESHOLDS = {
    "alert_errors": _Key(ALERT_ERROR_RATIO, 0, 1, above=True),
    "rollback_errors": _Key(ROLLBACK_ERROR_RATIO, 0, 0.99, above=True),
    "success_p95": _Key(SUCCESS_P95_RATIO, 1, 100),
    "alert_p95": _Key(ALERT_P95_RATIO, 1, 100),
    "rollback_p95": _Key(ROLLBACK_P95_RATIO, 1, 100),
    "rollback_volume": _Key(ROLLBACK_VOLUME_RATIO, 0, 0.99, above=True),
    "minimum_effect": _Key(MINIMUM_EFFECT, 1, 100),
}
_COMMON = {
    "fatal_times": _Key(FATAL_TIMES, 1, whole=True),
    "check_s": _Key(CHECK_S, 0, above=True),
    "window_requests": _Key(WINDOW_REQUESTS, 1, whole=True),
    "blind_after_s": _Key(math.nan, 0, above=True),
    "blind_deadline_s": _Key(math.nan, 0, above=True),
    "settle_s": _Key(math.nan, 0),
    "errors_per_fault": _Key(1.0, 1, 100),
    "false_rollback": _Key(FALSE_ROLLBACK, 0, 0.2, above=True),
}
_PHASE = {
    "share": _Key(math.nan, 0, 1, above=True),
    "minimum_s": _Key(math.nan, 0),
    "minimum_requests": _Key(math.nan, 1, whole=True),
    "deadline_s": _Key(math.nan, 0, above=True),
}
_OF_EVERY_PHASE = {key: kind for key, kind in _PHASE.items() if key != "share"}


def read_policy(folder: Path, severity: Severity, strategy: Strategy | None = None) -> Policy:
    """Return the policy of a project: of its `hotfix.toml`, where it has one, and SPEC's for the severity otherwise.

    A strategy that is given holds whatever the file says; phases and numbers that the file says itself stay.

    ```toml
    [deploy]
    strategy = "canary"         # or "blue-green": all at once; "rolling": by thirds
    check_s = 60
    rollback_errors = 0.05
    errors_per_fault = 1        # 4 where clients repeat a failed request three times
    minimum_requests = 150      # and minimum_s, deadline_s: of every phase that does not say its own

    [[deploy.phase]]            # in order; the last share is 1
    share = 0.1
    minimum_s = 600
    ```

    Raises:
        UsageError: a key is unknown, its value is no such number, or the values contradict each other; the message
            names file, line and key.
    """
    return _read_policy(read_optional_table(folder / CONFIG_FILE, "deploy"), severity, strategy)


def make_policy(values: Mapping[str, object], severity: Severity) -> Policy:
    """Return the policy of the keys of a table `[deploy]`.

    Raises:
        UsageError: as `read_policy`.
    """
    return _read_policy(make_table("deploy", values), severity)


def _read_policy(table: Table, severity: Severity, given: Strategy | None = None) -> Policy:
    said = {key: kind.take(table, key) for key, kind in (_COMMON | _THRESHOLDS | _OF_EVERY_PHASE).items()}
    configured = Strategy(table.choice("strategy", map(str, SHARES), Strategy.CANARY))
    strategy = given or configured
    phases = _read_phases(table, {key: said[key] for key in _OF_EVERY_PHASE}, severity, SHARES[strategy])
    table.leave(*PARTS_READ_ELSEWHERE)
    table.finish()
    check_s = said["check_s"]
    policy = Policy(
        phases=phases,
        thresholds=Thresholds(**{key: said[key] for key in _THRESHOLDS}, fatal_times=int(said["fatal_times"])),
        check_s=check_s,
        window_requests=int(said["window_requests"]),
        blind_after_s=_choose(said["blind_after_s"], BLIND_AFTER_CHECKS * check_s),
        blind_deadline_s=_choose(said["blind_deadline_s"], BLIND_DEADLINE_CHECKS * check_s),
        false_rollback=said["false_rollback"],
        settle_s=_choose(said["settle_s"], SETTLE_CHECKS * check_s),
        errors_per_fault=said["errors_per_fault"],
        strategy=strategy,
    )
    _check_order(policy, table)
    return policy


def _choose(said: float, otherwise: float) -> float:
    return otherwise if math.isnan(said) else said


def _read_phases(
    table: Table, common: Mapping[str, float], severity: Severity, shares: Sequence[float]
) -> tuple[Phase, ...]:
    own = table.tables("phase", [{"share": share} for share in shares])
    phases = tuple(_read_phase(one, common, severity) for one in own)
    found = [phase.share for phase in phases]
    if found != sorted(set(found)) or found[-1] != 1.0:
        table.refuse("phase", "shares that rise to 1", found)
    return phases


def _read_phase(table: Table, common: Mapping[str, float], severity: Severity) -> Phase:
    own = {key: kind.take(table, key) for key, kind in _PHASE.items()}
    table.finish()
    if math.isnan(own["share"]):
        table.refuse("share", "a number", None)
    minutes = WATCH_AFTER_MIN if own["share"] >= 1 else WATCH_MIN[severity]
    said = {key: _choose(own[key], value) for key, value in common.items()}
    minimum_s = _choose(said["minimum_s"], 60.0 * minutes)
    deadline_s = _choose(said["deadline_s"], DEADLINE_FACTOR * minimum_s)
    if deadline_s <= minimum_s:
        table.refuse("deadline_s", f"a number above minimum_s ({minimum_s:g})", deadline_s)
    return Phase(own["share"], minimum_s, int(_choose(said["minimum_requests"], MINIMUM_REQUESTS)), deadline_s)


def _check_order(policy: Policy, table: Table) -> None:
    """Refuse values that contradict each other."""
    lines = policy.thresholds
    for low, low_name, high, high_name in (
        (lines.alert_errors, "alert_errors", lines.rollback_errors, "rollback_errors"),
        (lines.success_p95, "success_p95", lines.alert_p95, "alert_p95"),
        (lines.alert_p95, "alert_p95", lines.rollback_p95, "rollback_p95"),
        (policy.check_s, "check_s", policy.blind_after_s, "blind_after_s"),
        (policy.blind_after_s, "blind_after_s", policy.blind_deadline_s, "blind_deadline_s"),
    ):
        if low > high:
            table.refuse(low_name, f"a number up to deploy.{high_name} ({high:g})", low)
    least = min(phase.minimum_requests for phase in policy.phases)
    if policy.window_requests > least:
        table.refuse("window_requests", f"a number up to minimum_requests ({least})", policy.window_requests)
