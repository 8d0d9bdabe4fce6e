"""What tests and a rollout must meet at a severity, as sentences: policy, and no claim about the system at hand."""

from hotfix.core.facts import Approach, Incident, Severity
from hotfix.core.settings import (
    ALERT_ERROR_RATIO,
    ALERT_P95_RATIO,
    CANARY_SHARES,
    ROLLBACK_ERROR_RATIO,
    ROLLBACK_P95_RATIO,
    ROLLBACK_VOLUME_RATIO,
    SLOWER_NOTED,
    SLOWER_REJECTED,
    SUCCESS_P95_RATIO,
    WATCH_AFTER_MIN,
    WATCH_MIN,
)

_SCOPES = {
    Severity.P0: "critical tests only: the reproduction, what it touches, and the way back",
    Severity.P1: "comprehensive tests of everything that the change touches",
    Severity.P2: "the full suite",
    Severity.P3: "the full suite",
}
_OF_APPROACH = {
    Approach.ROLLBACK: "Rolling back: the earlier version must read what the later one has written since it went live.",
    Approach.REVERT: "Reverting: the tree without the commit must build and read what was written with it.",
    Approach.PATCH: "Patching: the patch must remove the cause; one that only hides the error is a mitigation.",
    Approach.CONFIG: "Configuration: the value is read back from the running service after it was set.",
    Approach.DATA: "Data: a run on a copy first, with counts before and after, and a backup that was restored once.",
    Approach.SCALE: "Capacity: the same load as in the incident, with the new capacity.",
    Approach.WAIT: "Nothing is changed now; this holds for the change that follows.",
}


def require_tests(incident: Incident, approach: Approach | None) -> tuple[str, ...]:
    """Return what must be tested before a change for this incident goes live (SPEC, section 3)."""
    slower = f"up to {SLOWER_NOTED:.0%} slower is fine, up to {SLOWER_REJECTED:.0%} is approved with notes"
    return (
        f"Scope at {incident.severity}: {_SCOPES[incident.severity]}.",
        *((_OF_APPROACH[approach],) if approach else ()),
        "Fix: what reproduces the incident fails before the change and passes after it; then its edge cases.",
        "Regression: the suite before and after; a test that passed must not fail.",
        f"Performance: {slower}, more is rejected.",
        "Compatibility: old data and old clients still work.",
        "Rollback: undoing the change applies, tests pass after it, and the tree is identical to the one before.",
        "Stop on failing tests, rejected performance, a failing rollback, broken compatibility or new errors.",
        "Never run tests in production.",
    )


def plan_canary(incident: Incident) -> tuple[str, ...]:
    """Return how a change for this incident goes live (SPEC, section 4)."""
    severity, p95 = incident.severity, "the 95th percentile of durations"
    phases = " → ".join(f"{share:.0%}" for share in CANARY_SHARES)
    watch = f"at least {WATCH_MIN[severity]} min at {severity}, and {WATCH_AFTER_MIN} min after full traffic"
    better = "the error ratio is at or below the baseline, no new error appears, the incident's own metric has improved"
    alert = f"the error ratio is above {ALERT_ERROR_RATIO:.0%}, or {p95} above {ALERT_P95_RATIO:g} times the baseline"
    worse = (
        f"the error ratio is above {ROLLBACK_ERROR_RATIO:.0%}, {p95} above {ROLLBACK_P95_RATIO:g} times the baseline"
    )
    fewer = f"requests fall below {ROLLBACK_VOLUME_RATIO:.0%} of the baseline"
    return (
        f"Canary: {phases} of the traffic.",
        f"Watch each phase for {watch}; check every 1 to 2 min.",
        f"Go on when {better}, and {p95} is within {SUCCESS_P95_RATIO:.0%} of the baseline.",
        f"Alert when {alert}.",
        f"Roll back when {worse}, a new critical error appears, {fewer}, or the monitoring goes blind.",
        "The rollback is one command and was tested beforehand.",
        *(_FIRST_PHASE if severity is Severity.P0 else ()),
    )


_FIRST_PHASE = ("At P0 the incident counts as mitigated when the first phase passes; the watch goes on.",)
