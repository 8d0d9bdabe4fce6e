"""How much is tested, by severity."""

from hotfix.core.facts import Severity
from hotfix.repair.limits import PAIRS_FULL, PAIRS_LEAST, PAIRS_USUAL, SANDBOX_SECONDS
from hotfix.repair.verify.contract import Depth

_CRITICAL = Depth("critical tests", narrow=True, suite_after_rollback=False, pairs=(PAIRS_LEAST,), seconds=180.0)
_COMPREHENSIVE = Depth(
    "comprehensive",
    narrow=False,
    suite_after_rollback=True,
    pairs=(PAIRS_LEAST, PAIRS_USUAL),
    seconds=SANDBOX_SECONDS,
)
_FULL = Depth(
    "full suite",
    narrow=False,
    suite_after_rollback=True,
    pairs=(PAIRS_LEAST, PAIRS_USUAL, PAIRS_FULL),
    seconds=2 * SANDBOX_SECONDS,
)
_DEPTHS = {Severity.P0: _CRITICAL, Severity.P1: _COMPREHENSIVE, Severity.P2: _FULL, Severity.P3: _FULL}


def choose_depth(severity: Severity) -> Depth:
    """Return how much is tested for an incident of this severity."""
    return _DEPTHS[severity]
