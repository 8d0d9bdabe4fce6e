"""The work of ``hotfix patch``: an incident and a repository in, a decision with its patch out."""

import time
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.facts import Analysis
from hotfix.flow.contract import Listeners, Outcome, PatchOptions
from hotfix.flow.effort import Stopwatch, keep_events
from hotfix.flow.engines import open_engine_for
from hotfix.flow.outcomes import say_patch
from hotfix.learn.repairrecords import record_patch
from hotfix.model.agentfiles import Step
from hotfix.repair.branch import apply_to_branch
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Proposal
from hotfix.repair.proposal import Means, propose_patch
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonread import read_report
from hotfix.report.patchreport import write_patch

_WITHOUT = "the patch comes from code alone"


@dataclass(frozen=True, slots=True)
class Patched:
    """What the search for a patch found and what it wrote."""

    analysis: Analysis
    proposal: Proposal
    written: tuple[Path, ...]
    seconds: float
    commit: str | None  # on the branch that was asked for

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        best, decision = self.proposal.best, self.proposal.decision
        rung = best.candidate.rung if best else None
        return say_patch(decision.choice, decision.reason, rung, self.written[0].parent)


def patch_incident(options: PatchOptions, listeners: Listeners) -> Patched:
    """Decide, search for the smallest safe patch, write its documents, and put it on a branch where one is named.

    Raises:
        HotfixError: the incident or the repository cannot be read, or the folder cannot be written.
    """
    watch, started = Stopwatch(), time.perf_counter()
    folder = options.folder
    analysis = read_report(folder / REPORT)
    with (
        open_repository(options.repo, options.revision) as repository,
        open_engine_for(options.model, listeners, _WITHOUT, Step.PATCH) as (engine, why),
    ):
        proposal = propose_patch(repository, analysis, listeners.on_phase, Means(engine, why, trial=options.trial))
        seconds = time.perf_counter() - started
        written = write_patch(folder, analysis, proposal, seconds)
        keep_events(folder, [record_patch(proposal, watch.stop())], listeners.tell)
        best, branch = proposal.best, options.branch
        commit = apply_to_branch(repository, best.candidate, branch, _say_commit(proposal)) if branch and best else None
    return Patched(analysis, proposal, written, seconds, commit)


def _say_commit(proposal: Proposal) -> str:
    candidate = proposal.judged[0].candidate
    subject = f"Fix incident {proposal.incident} ({candidate.rung})"
    return f"{subject}\n\n{candidate.rationale}\n"
