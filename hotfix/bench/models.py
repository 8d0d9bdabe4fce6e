"""Adds up what models did on known incidents, so that one table tells which of them is worth its cost on a host."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from hotfix.bench.scoring import Score, add_up
from hotfix.core.facts import Rung

NONE = "none"
"""Name under which the analysis without a model stands beside those with one."""


@dataclass(frozen=True, slots=True)
class ModelTotals:
    """One model over a set of incidents; its tokens and seconds are those of the median one that it was asked about."""

    name: str
    incidents: int
    cause_at_1: int
    cause_at_3: int
    clues_named: int
    clues: int
    rungs: Mapping[Rung, int]  # incidents whose words come from there
    asked: int  # incidents that it was asked about
    accepted_claims: int
    struck_claims: int
    prompt_tokens: float
    reused_tokens: float
    output_tokens: float
    first_token_s: float  # of all its answers on an incident together
    model_s: float
    total_s: float  # of a whole run, the analysis included
    peak_bytes: int  # of the analysis
    model_peak_bytes: int  # of the model's process; 0 when it runs elsewhere


def add_up_model(name: str, scores: Sequence[Score]) -> ModelTotals:
    """Return what one model did over a set of incidents."""
    totals = add_up(scores)
    uses = [score.model for score in scores if score.model]
    broken = [score for score in scores if not score.is_control]
    return ModelTotals(
        name=name,
        incidents=totals.incidents,
        cause_at_1=totals.cause_at_1,
        cause_at_3=totals.cause_at_3,
        clues_named=totals.clues_named,
        clues=totals.clues,
        rungs={rung: sum(score.rung is rung for score in broken) for rung in Rung},
        asked=len(uses),
        accepted_claims=sum(use.accepted_claims for use in uses),
        struck_claims=sum(len(use.struck) for use in uses),
        prompt_tokens=_middle([use.prompt_tokens for use in uses]),
        reused_tokens=_middle([use.reused_tokens for use in uses]),
        output_tokens=_middle([use.output_tokens for use in uses]),
        first_token_s=_middle([use.first_token_s for use in uses]),
        model_s=_middle([use.seconds for use in uses]),
        total_s=_middle([score.seconds for score in scores]),
        peak_bytes=totals.peak_bytes,
        model_peak_bytes=max((score.model_peak_bytes for score in scores), default=0),
    )


def models_to_json(runs: Mapping[str, Sequence[Score]]) -> list[dict[str, object]]:
    """Return each model's totals with its incidents, for the key `models` of `hotfix.bench/1`."""
    return [
        {**asdict(add_up_model(name, scores)), "scores": [asdict(score) for score in scores]}
        for name, scores in runs.items()
    ]


def _middle(values: Sequence[float]) -> float:
    return round(median(values), 3) if values else 0.0
