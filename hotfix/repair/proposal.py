"""The way from an analysis and a repository to a patch, on one screen."""

from collections.abc import Callable

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.model.contract import Engine
from hotfix.repair.contract import Proposal, Repository
from hotfix.repair.decide import decide
from hotfix.repair.gates import judge_candidate
from hotfix.repair.locate import locate
from hotfix.repair.propose import build_candidates, propose, propose_rewrites
from hotfix.repair.ranking import rank_candidates


def propose_patch(
    repository: Repository,
    analysis: Analysis,
    on_phase: Callable[[str], None],
    engine: Engine | None = None,
    why_none: str = "none was given",
) -> Proposal:
    """Return what to do and the candidates for it, best first.

    Args:
        repository: the base of the patch.
        analysis: what the logs said.
        on_phase: is told what is being done.
        engine: a model that may rewrite the function, where nothing else gave a fix; None: no model.
        why_none: why there is no model.

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
    if any(one.passed and not one.candidate.mitigation for one in judged):
        skipped = (*proposed.skipped, "No model was asked: a fix was found without one.")
    elif engine is None:
        skipped = (*proposed.skipped, f"No model was asked: {why_none}.")
    else:
        on_phase("asking the model")
        written = build_candidates(repository, propose_rewrites(analysis, located, engine))
        judged += [judge_candidate(repository, one, located.frames, located.sources) for one in written.candidates]
        skipped = (*proposed.skipped, *written.skipped)
    return Proposal(
        incident=analysis.incident.id,
        repository=str(repository.given),
        base=repository.head,
        decision=decision,
        frames=located.frames,
        suspects=located.suspects,
        judged=rank_candidates(judged, decision),
        notes=(*repository.notes, *located.notes),
        skipped=skipped,
    )
