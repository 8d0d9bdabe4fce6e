"""What `hotfix patch` and `hotfix test` did, as events for the incident's journal."""

from hotfix.learn.events import Event, EventKind
from hotfix.learn.recording import Effort, record
from hotfix.repair.contract import Choice, Proposal
from hotfix.repair.verify.contract import TestVerdict, Verification

_DEVELOPER, _TESTER = "patch-developer", "hotfix-tester"
_APPROVED = frozenset({TestVerdict.APPROVED, TestVerdict.APPROVED_WITH_NOTES})


def record_patch(proposal: Proposal, effort: Effort) -> Event:
    """Return that a patch was looked for; it is done with a patch, or where going back is the fix."""
    best, decision = proposal.best, proposal.decision
    found = {
        "decision": decision.choice.value,
        "rung": best.candidate.rung if best else "none",
        "base": proposal.base,
        "mitigation_only": bool(best and best.candidate.mitigation),
    }
    done = best is not None or decision.choice is Choice.ROLLBACK
    return record(EventKind.PATCHED, _DEVELOPER, decision.reason, effort, found, done=done)


def record_test(found: Verification, effort: Effort) -> Event:
    """Return that a patch was tested; it is done when the patch may go live."""
    details = {"verdict": found.verdict.value, "patch": found.patch, "base": found.base}
    return record(EventKind.TESTED, _TESTER, found.rule, effort, details, done=found.verdict in _APPROVED)
