"""The way from an analysis and a repository to a patch, on one screen."""

from collections.abc import Callable

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.repair.contract import Proposal, Repository
from hotfix.repair.decide import decide
from hotfix.repair.gates import judge_candidate
from hotfix.repair.locate import locate
from hotfix.repair.propose import propose
from hotfix.repair.ranking import rank_candidates


def propose_patch(repository: Repository, analysis: Analysis, on_phase: Callable[[str], None]) -> Proposal:
    """Return what to do and the candidates for it, best first; ``on_phase`` is told what is being done.

    Raises:
        InputError: the analysis found no incident, or git fails.
    """
    if analysis.incident is None:
        raise InputError(f"expected the report of an incident, found one that says: {analysis.diagnosis.statement}")
    on_phase("locating")
    located = locate(repository, analysis)
    on_phase("deciding")
    decision = decide(repository, analysis, located)
    on_phase("proposing")
    proposed = propose(repository, analysis, located)
    on_phase("judging")
    judged = [judge_candidate(repository, one, located.frames, located.sources) for one in proposed.candidates]
    return Proposal(
        incident=analysis.incident.id,
        repository=str(repository.given),
        base=repository.head,
        decision=decision,
        frames=located.frames,
        suspects=located.suspects,
        judged=rank_candidates(judged, decision),
        notes=(*repository.notes, *located.notes),
        skipped=proposed.skipped,
    )
