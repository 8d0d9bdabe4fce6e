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
    ROLLING_SHARES,
    SUCCESS_P95_RATIO,
    WATCH_AFTER_MIN,
    WATCH_MIN,
)
from hotfix.rollout.contract import Phase, Policy, Strategy, Thresholds
from hotfix.rollout.places import Places

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

SETTLE_CHECKS = 2.0
"""Looks of each phase in which latency and volume say nothing: a new version's caches are cold, and a proxy moves only
new connections (the project's notes; judgement)."""

FALSE_ROLLBACK = 0.01
"""Chance per rollout that a version as good as the baseline is rolled back by evidence."""


SHARES = {Strategy.CANARY: CANARY_SHARES, Strategy.BLUE_GREEN: (1.0,), Strategy.ROLLING: ROLLING_SHARES}
"""Shares of the phases where the project does not say its own."""


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
    "settle_s": _Key(math.nan, 0),
    "errors_per_fault": _Key(1.0, 1, 100),
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
    path = folder / POLICY_FILE
    if not path.is_file():
        return make_policy({}, severity)
    text = _read_text(path)
    return make_policy(_read_table(path, text), severity, Places(str(path), text))


def make_policy(table: Mapping[str, object], severity: Severity, places: Places | None = None) -> Policy:
    """Return the policy of a table `[deploy]`; `places` tells where its keys stand.

    Raises:
        UsageError: as `read_policy`.
    """
    known = _COMMON | _THRESHOLDS | _OF_EVERY_PHASE
    places = places or Places(POLICY_FILE)
    for key in table:
        if key not in (all_known := (*known, "strategy", "phase", *PARTS_READ_ELSEWHERE)):
            near = did_you_mean(key, all_known)
            raise UsageError(f"{places.find('deploy', key)}: [deploy]: unknown key {key!r}{near}")
    own = {
        key: kind.check(f"{places.find('deploy', key)}: deploy.{key}", table[key])
        for key, kind in known.items()
        if key in table
    }
    given = {key: kind.default for key, kind in known.items()} | own
    strategy = _read_strategy(table.get("strategy", Strategy.CANARY.value), places)
    found = table.get("phase", [{"share": share} for share in SHARES[strategy]])
    policy = Policy(
        phases=_make_phases(found, own, severity, places),
        thresholds=Thresholds(**{key: given[key] for key in _THRESHOLDS}, fatal_times=int(given["fatal_times"])),
        check_s=given["check_s"],
        window_requests=int(given["window_requests"]),
        blind_after_s=own.get("blind_after_s", BLIND_AFTER_CHECKS * given["check_s"]),
        blind_deadline_s=own.get("blind_deadline_s", BLIND_DEADLINE_CHECKS * given["check_s"]),
        false_rollback=given["false_rollback"],
        settle_s=own.get("settle_s", SETTLE_CHECKS * given["check_s"]),
        errors_per_fault=float(given["errors_per_fault"]),
        strategy=strategy,
    )
    _check_order(policy, places)
    return policy


def _read_strategy(found: object, places: Places) -> Strategy:
    known = [strategy.value for strategy in Strategy]
    if found in known:
        return Strategy(found)
    hint = did_you_mean(found, known) if isinstance(found, str) else ""
    where = f"{places.find('deploy', 'strategy')}: deploy.strategy"
    raise UsageError(f"{where}: expected one of {', '.join(known)}, found {found!r:.60}{hint}")


def _make_phases(found: object, common: Mapping[str, float], severity: Severity, places: Places) -> tuple[Phase, ...]:
    where = places.find("deploy", "phase")
    phases = [_make_phase(table, common, severity, (places, at)) for at, table in enumerate(_list_tables(found, where))]
    shares = [phase.share for phase in phases]
    if shares != sorted(set(shares)) or shares[-1:] != [1.0]:
        raise UsageError(f"{where}: expected shares of [[deploy.phase]] that rise to 1, found {shares}")
    return tuple(phases)


def _list_tables(found: object, where: str) -> Sequence[object]:
    if isinstance(found, list) and found:
        return found
    raise UsageError(f"{where}: expected [[deploy.phase]] tables, found {found!r:.60}")


def _make_phase(table: object, common: Mapping[str, float], severity: Severity, place: tuple[Places, int]) -> Phase:
    places, index = place

    def say_where(key: str = "") -> str:
        return f"{places.find('deploy.phase', key, index)}: phase {index + 1}"

    if not isinstance(table, dict):
        raise UsageError(f"{say_where()}: expected a table, found {table!r:.60}")
    for key in table:
        if key not in _PHASE:
            raise UsageError(f"{say_where(key)}: unknown key {key!r}{did_you_mean(key, _PHASE)}")
    own = {key: kind.check(f"{say_where(key)}: {key}", table[key]) for key, kind in _PHASE.items() if key in table}
    if "share" not in own:
        raise UsageError(f"{say_where()}: expected the key 'share', found none")
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
        raise UsageError(f"{say_where('deadline_s')}: {wanted}, found {phase.deadline_s:g}")
    return phase


def _check_order(policy: Policy, places: Places) -> None:
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
            where = places.find("deploy", low_name)
            raise UsageError(f"{where}: expected deploy.{low_name} up to deploy.{high_name} ({high:g}), found {low:g}")
    least = min(phase.minimum_requests for phase in policy.phases)
    if least < policy.window_requests:
        wanted = f"deploy.window_requests ({policy.window_requests})"
        where = places.find("deploy", "window_requests")
        raise UsageError(f"{where}: expected minimum_requests not below {wanted}, found {least}")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: expected TOML, found {error}") from None
    except OSError as error:
        raise UsageError(f"expected a file that can be read at {path}, found: {error.strerror}") from None


def _read_table(path: Path, text: str) -> Mapping[str, object]:
    try:
        table = tomllib.loads(text).get("deploy", {})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: expected TOML, found {error}") from None
    if not isinstance(table, dict):
        raise UsageError(f"{path}: expected a table [deploy], found {table!r:.60}")
    return table
