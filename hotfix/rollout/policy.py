"""Reads how a rollout proceeds and is judged from `hotfix.toml`, table `[deploy]`; what is not said there is SPEC's."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import UsageError, did_you_mean
from hotfix.core.facts import Severity
from hotfix.core.settings import (
    ALERT_ERROR_RATIO,
    ALERT_P95_RATIO,
    CANARY_SHARES,
    ROLLBACK_ERROR_RATIO,
    ROLLBACK_P95_RATIO,
    ROLLBACK_VOLUME_RATIO,
    SUCCESS_P95_RATIO,
    WATCH_AFTER_MIN,
    WATCH_MIN,
)
from hotfix.rollout.contract import Phase, Policy, Thresholds

POLICY_FILE = "hotfix.toml"
PARTS_READ_ELSEWHERE = ("traffic", "monitor")
"""Tables inside `[deploy]` that are not of the policy."""

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

FALSE_ROLLBACK = 0.01
"""Chance per rollout that a version as good as the baseline is rolled back by evidence."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What a key may hold, and what it holds where it is not said."""

    default: float
    low: float
    high: float = math.inf
    whole: bool = False
    above: bool = False  # `low` itself is not allowed

    def check(self, where: str, value: object) -> float:
        """Return a value from the file.

        Raises:
            UsageError: it is no such number.
        """
        kinds = int if self.whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and self._holds(value):
            return value
        raise UsageError(f"{where}: expected {self._say()}, found {value!r:.60}")

    def _holds(self, value: float) -> bool:
        return math.isfinite(value) and self.low <= value <= self.high and not (self.above and value == self.low)

    def _say(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        low = f"{'above' if self.above else 'from'} {self.low:g}"
        return f"{kind} {low}" + (f" to {self.high:g}" if math.isfinite(self.high) else "")


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
    "false_rollback": _Key(FALSE_ROLLBACK, 0, 0.2, above=True),
}
_PHASE = {
    "share": _Key(math.nan, 0, 1, above=True),
    "minimum_s": _Key(math.nan, 0),
    "minimum_requests": _Key(MINIMUM_REQUESTS, 1, whole=True),
    "deadline_s": _Key(math.nan, 0, above=True),
}
_OF_EVERY_PHASE = {key: kind for key, kind in _PHASE.items() if key != "share"}


def read_policy(folder: Path, severity: Severity) -> Policy:
    """Return the policy of a project: of its `hotfix.toml`, where it has one, and SPEC's for the severity otherwise.

    ```toml
    [deploy]
    check_s = 60
    rollback_errors = 0.05
    minimum_requests = 150      # and minimum_s, deadline_s: of every phase that does not say its own

    [[deploy.phase]]            # in order; the last share is 1
    share = 0.1
    minimum_s = 600
    ```

    Raises:
        UsageError: a key is unknown, its value is no such number, or the values contradict each other.
    """
    path = folder / POLICY_FILE
    return make_policy(_read_table(path) if path.is_file() else {}, severity, str(path))


def make_policy(table: Mapping[str, object], severity: Severity, where: str = POLICY_FILE) -> Policy:
    """Return the policy of a table `[deploy]`; `where` names it in errors.

    Raises:
        UsageError: as `read_policy`.
    """
    known = _COMMON | _THRESHOLDS | _OF_EVERY_PHASE
    _refuse_unknown(f"{where}: [deploy]", table, (*known, "phase", *PARTS_READ_ELSEWHERE))
    own = {key: kind.check(f"{where}: deploy.{key}", table[key]) for key, kind in known.items() if key in table}
    given = {key: kind.default for key, kind in known.items()} | own
    policy = Policy(
        phases=_make_phases(table.get("phase"), own, severity, where),
        thresholds=Thresholds(**{key: given[key] for key in _THRESHOLDS}, fatal_times=int(given["fatal_times"])),
        check_s=given["check_s"],
        window_requests=int(given["window_requests"]),
        blind_after_s=own.get("blind_after_s", BLIND_AFTER_CHECKS * given["check_s"]),
        blind_deadline_s=own.get("blind_deadline_s", BLIND_DEADLINE_CHECKS * given["check_s"]),
        false_rollback=given["false_rollback"],
    )
    _check_order(policy, where)
    return policy


def _make_phases(found: object, common: Mapping[str, float], severity: Severity, where: str) -> tuple[Phase, ...]:
    tables = _list_tables(found, where)
    phases = [_make_phase(table, common, severity, f"{where}: phase {i}") for i, table in enumerate(tables, start=1)]
    shares = [phase.share for phase in phases]
    if shares != sorted(set(shares)) or shares[-1:] != [1.0]:
        raise UsageError(f"{where}: expected shares of [[deploy.phase]] that rise to 1, found {shares}")
    return tuple(phases)


def _list_tables(found: object, where: str) -> Sequence[object]:
    if found is None:
        return [{"share": share} for share in CANARY_SHARES]
    if isinstance(found, list) and found:
        return found
    raise UsageError(f"{where}: expected [[deploy.phase]] tables, found {found!r:.60}")


def _make_phase(table: object, common: Mapping[str, float], severity: Severity, where: str) -> Phase:
    if not isinstance(table, dict):
        raise UsageError(f"{where}: expected a table, found {table!r:.60}")
    _refuse_unknown(where, table, tuple(_PHASE))
    own = {key: kind.check(f"{where}: {key}", table[key]) for key, kind in _PHASE.items() if key in table}
    if "share" not in own:
        raise UsageError(f"{where}: expected the key 'share', found none")
    minutes = WATCH_AFTER_MIN if own["share"] >= 1 else WATCH_MIN[severity]
    said = {key: value for key, value in common.items() if key in _PHASE} | own
    minimum_s = said.get("minimum_s", 60.0 * minutes)
    phase = Phase(
        share=float(own["share"]),
        minimum_s=minimum_s,
        minimum_requests=int(said.get("minimum_requests", MINIMUM_REQUESTS)),
        deadline_s=said.get("deadline_s", DEADLINE_FACTOR * minimum_s),
    )
    if phase.deadline_s <= phase.minimum_s:
        wanted = f"expected deadline_s above minimum_s ({phase.minimum_s:g})"
        raise UsageError(f"{where}: {wanted}, found {phase.deadline_s:g}")
    return phase


def _check_order(policy: Policy, where: str) -> None:
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
            raise UsageError(f"{where}: expected deploy.{low_name} up to deploy.{high_name} ({high:g}), found {low:g}")
    least = min(phase.minimum_requests for phase in policy.phases)
    if least < policy.window_requests:
        wanted = f"deploy.window_requests ({policy.window_requests})"
        raise UsageError(f"{where}: expected minimum_requests not below {wanted}, found {least}")


def _read_table(path: Path) -> Mapping[str, object]:
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected TOML, found {error}") from None
    table = whole.get("deploy", {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: expected a table [deploy], found {table!r:.60}")
    return table


def _refuse_unknown(where: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise UsageError(f"{where}: unknown key {key!r}{did_you_mean(key, known)}")
