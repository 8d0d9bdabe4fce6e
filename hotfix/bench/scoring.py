"""Scores one diagnosis against the truth, and adds scores up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from hotfix.bench.naive import Answer
from hotfix.bench.truth import KnownIncident
from hotfix.core.facts import Analysis, Hypothesis, ModelUse, Rung


@dataclass(frozen=True, slots=True)
class Score:
    """How one analysis did on one known incident; a rank is that of the first right hypothesis, None where none is."""

    name: str
    is_control: bool
    verdict_true: str
    verdict: str
    service_true: str | None
    category_true: str | None
    service: str | None
    category: str | None
    service_rank: int | None
    cause_rank: int | None  # service and cause family both right
    onset_error_s: float | None  # found minus true; None where one of both is missing
    clues_named: tuple[str, ...]  # words of the truth that stand in the statement
    clues_missed: tuple[str, ...]  # those that do not
    statement: str
    stages: Mapping[str, float]  # stage → seconds of wall time
    seconds: float = 0.0  # of wall time, from the start of a fresh process
    peak_bytes: int = 0  # resident memory of that process
    naive: Mapping[str, Answer | None] = field(default_factory=dict)  # rule → what it blames, when asked for
    rung: Rung = Rung.TEMPLATES  # where the words of the diagnosis come from
    model: ModelUse | None = None  # what a model did; None when none was asked
    model_peak_bytes: int = 0  # resident memory of the model's process

    @property
    def is_quiet(self) -> bool:
        """True when no incident was claimed."""
        return self.verdict not in {"incident", "recovered"}


def score_analysis(known: KnownIncident, analysis: Analysis) -> Score:
    """Return the score of one analysis; what the run costs is added by who ran it."""
    found = analysis.diagnosis
    ranked = sorted(found.hypotheses, key=lambda hypothesis: hypothesis.rank)
    said = found.statement.casefold()
    named = tuple(clue for clue in known.clues if clue.casefold() in said)
    started = analysis.incident.started_at if analysis.incident else None
    return Score(
        name=known.name,
        is_control=known.is_control,
        verdict_true=known.verdict.value,
        verdict=found.verdict.value,
        service_true=known.service,
        category_true=known.category,
        service=found.service,
        category=found.category,
        service_rank=_rank(ranked, lambda one: one.service == known.service),
        cause_rank=_rank(ranked, lambda one: (one.service, one.category) == (known.service, known.category)),
        onset_error_s=(started - known.onset).total_seconds() if started and known.onset else None,
        clues_named=named,
        clues_missed=tuple(clue for clue in known.clues if clue not in named),
        statement=found.statement,
        stages=analysis.timings,
        rung=found.rung,
        model=analysis.model,
    )


def _rank(ranked: Sequence[Hypothesis], is_right: Callable[[Hypothesis], bool]) -> int | None:
    return next((place for place, one in enumerate(ranked, start=1) if is_right(one)), None)


@dataclass(frozen=True, slots=True)
class Totals:
    """The scores of a set, added up. Shares are 0..1 and None where nothing could be scored."""

    incidents: int
    controls: int
    verdicts_right: int
    quiet: int  # controls without an incident claimed
    service_at_1: int
    service_at_3: int
    cause_at_1: int
    cause_at_3: int
    onset_error_median_s: float | None  # of absolute values, over incidents that were found
    clues: int
    clues_named: int
    all_clues_named: int  # incidents of which every clue is named
    seconds_median: float | None
    peak_bytes: int  # the largest


def add_up(scores: Sequence[Score]) -> Totals:
    """Return the totals of a set of scores."""
    broken = [score for score in scores if not score.is_control]
    controls = [score for score in scores if score.is_control]
    errors = [abs(score.onset_error_s) for score in broken if score.onset_error_s is not None]
    return Totals(
        incidents=len(broken),
        controls=len(controls),
        verdicts_right=sum(score.verdict == score.verdict_true for score in scores),
        quiet=sum(score.is_quiet for score in controls),
        service_at_1=_count_within([score.service_rank for score in broken], 1),
        service_at_3=_count_within([score.service_rank for score in broken], 3),
        cause_at_1=_count_within([score.cause_rank for score in broken], 1),
        cause_at_3=_count_within([score.cause_rank for score in broken], 3),
        onset_error_median_s=median(errors) if errors else None,
        clues=sum(len(score.clues_named) + len(score.clues_missed) for score in broken),
        clues_named=sum(len(score.clues_named) for score in broken),
        all_clues_named=sum(not score.clues_missed for score in broken),
        seconds_median=median(score.seconds for score in scores) if scores else None,
        peak_bytes=max((score.peak_bytes for score in scores), default=0),
    )


def _count_within(ranks: Sequence[int | None], limit: int) -> int:
    return sum(rank is not None and rank <= limit for rank in ranks)


def add_up_naive(scores: Sequence[Score]) -> dict[str, tuple[int, int]]:
    """Return for each naive rule on how many incidents the service, and service and family, are right."""
    told = [(rule, answer, score) for score in scores for rule, answer in score.naive.items()]
    right = dict.fromkeys((rule for rule, _, _ in told), (0, 0))
    for rule, answer, score in told:
        services, causes = right[rule]
        service = answer is not None and answer.service == score.service_true
        cause = service and answer is not None and answer.category == score.category_true
        right[rule] = (services + service, causes + cause)
    return right
