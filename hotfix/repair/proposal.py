"""The way from an analysis and a repository to a patch, on one screen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.model.contract import Engine
from hotfix.repair.contract import Candidate, Judged, Proposal, Repository
from hotfix.repair.decide import decide, decide_without_patch
from hotfix.repair.gates import judge_candidate
from hotfix.repair.locate import locate
from hotfix.repair.propose import build_candidates, propose, propose_rewrites
from hotfix.repair.ranking import rank_candidates
from hotfix.repair.trial import try_candidates

_DRAFT = (
    "A fixer knows how the code failed and not what it was meant to do: let somebody who knows the service read what "
    "it puts in."
)


@dataclass(frozen=True, slots=True)
class Means:
    """What a patch may be made with beside git."""

    engine: Engine | None = None  # a model that may rewrite the function, where nothing else gave a fix
    why_no_engine: str = "none was given"
    trial: bool = True  # candidates are compiled and, where a sandbox confines them, run


def propose_patch(
    repository: Repository, analysis: Analysis, on_phase: Callable[[str], None], means: Means | None = None
) -> Proposal:
    """Return what to do and the candidates for it, best first.

    Args:
        repository: the base of the patch.
        analysis: what the logs said.
        on_phase: is told what is being done.
        means: a model, and whether candidates are tried; None: no model, and they are.

    Raises:
        InputError: the analysis found no incident, or git fails.
    """
    chosen = means or Means()
    if analysis.incident is None:
        raise InputError(f"expected the report of an incident, found one that says: {analysis.diagnosis.statement}")
    on_phase("locating")
    located = locate(repository, analysis)
    on_phase("deciding")
    decision = decide(repository, analysis, located)
    on_phase("proposing")
    proposed = propose(repository, analysis, located)

    def judge(candidates: Iterable[Candidate]) -> tuple[Judged, ...]:
        on_phase("judging")
        judged = [judge_candidate(repository, one, located.frames, located.sources) for one in candidates]
        ranked = rank_candidates(judged, decision)
        if not chosen.trial:
            return ranked
        on_phase("trying")
        return try_candidates(repository, analysis, located, ranked)

    judged = judge(proposed.candidates)
    if any(one.passed and not one.candidate.mitigation for one in judged):
        skipped = (*proposed.skipped, "No model was asked: a fix was found without one.")
    elif chosen.engine is None:
        skipped = (*proposed.skipped, f"No model was asked: {chosen.why_no_engine}.")
    else:
        on_phase("asking the model")
        written = build_candidates(repository, propose_rewrites(analysis, located, chosen.engine))
        judged += judge(written.candidates)
        skipped = (*proposed.skipped, *written.skipped)
    ranked = rank_candidates(judged, decision)
    return Proposal(
        incident=analysis.incident.id,
        repository=str(repository.given),
        base=repository.head,
        decision=decide_without_patch(decision, located, ranked),
        frames=located.frames,
        suspects=located.suspects,
        judged=ranked,
        notes=(*repository.notes, *located.notes, *_say_draft(ranked)),
        skipped=skipped if chosen.trial else (*skipped, "No candidate was compiled or run: trying was left out."),
    )


def _say_draft(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Return that the best candidate is a draft, where code alone wrote it."""
    drafted = bool(judged) and judged[0].passed and judged[0].candidate.rung.startswith("fixer:")
    return (_DRAFT,) if drafted else ()
