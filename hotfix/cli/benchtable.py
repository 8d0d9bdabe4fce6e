"""Shows a run over known incidents: one table, its totals, the naive rules, and what differs from another run."""

from collections.abc import Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from hotfix.bench.models import NONE, ModelTotals
from hotfix.bench.results import Difference
from hotfix.bench.scoring import Score, Totals, add_up, add_up_naive
from hotfix.core.facts import Rung
from hotfix.core.plain import tame

_MEGA = 1e6
_ROOM = 1000
_STAGES = ("find", "read", "templates", "changes", "deploys", "diagnosis")


def print_scores(console: Console, scores: Sequence[Score]) -> None:
    """Print the table and the totals below it; where it is too wide, without the seconds of each stage."""
    table = _lay_table(scores, _STAGES)
    if _measure_width(console, table) > console.width:
        table = _lay_table(scores, ())
    console.print(table)
    for line in _say_totals(add_up(scores)):
        console.print(Text(line))
    for line in _say_naive(scores):
        console.print(Text(line))


def _lay_table(scores: Sequence[Score], stages: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), collapse_padding=True)
    table.add_column("incident", no_wrap=True)
    for name in ("verdict", "service", "cause", "onset", "clues", *stages, "total s", "MB"):
        table.add_column(name, justify="right", no_wrap=True)
    for score in scores:
        table.add_row(*(Text(tame(cell)) for cell in _list_cells(score, stages)))
    return table


def _measure_width(console: Console, table: Table) -> int:
    """Return how wide a table is where it has all the room that it wants."""
    return Measurement.get(console, console.options.update(max_width=_ROOM), table).maximum


def _list_cells(score: Score, stages: Sequence[str]) -> tuple[str, ...]:
    clues = len(score.clues_named) + len(score.clues_missed)
    return (
        score.name,
        "right" if score.verdict == score.verdict_true else score.verdict,
        "" if score.is_control else _say_rank(score.service_rank),
        "" if score.is_control else _say_rank(score.cause_rank),
        "" if score.onset_error_s is None else f"{score.onset_error_s:+.1f} s",
        f"{len(score.clues_named)}/{clues}" if clues else "",
        *(f"{score.stages.get(stage, 0.0):.2f}" for stage in stages),
        f"{score.seconds:.2f}",
        f"{score.peak_bytes / _MEGA:.0f}",
    )


def _say_rank(rank: int | None) -> str:
    return "-" if rank is None else f"#{rank}"


def _say_totals(totals: Totals) -> list[str]:
    n, onset = totals.incidents, totals.onset_error_median_s
    lines = [f"\n{n + totals.controls} known: {n} incidents, {totals.controls} controls"]
    if totals.controls:
        lines.append(f"controls quiet     {_say_share(totals.quiet, totals.controls)}")
    if n:
        lines += [
            f"verdict right      {_say_share(totals.verdicts_right, n + totals.controls)}",
            f"service right      {_say_ranks(totals.service_at_1, totals.service_at_3, n)}",
            f"service and family {_say_ranks(totals.cause_at_1, totals.cause_at_3, n)}",
            f"clues in statement {_say_share(totals.clues_named, totals.clues)}",
            f"all clues of one   {_say_share(totals.all_clues_named, n)}",
        ]
    if onset is not None:
        lines.append(f"onset error        median {onset:.2f} s")
    if totals.seconds_median is not None:
        lines.append(
            f"cost               median {totals.seconds_median:.2f} s, peak memory {totals.peak_bytes / _MEGA:.0f} MB"
        )
    return lines


def _say_ranks(first: int, third: int, whole: int) -> str:
    return f"rank 1: {_say_share(first, whole)}; to rank 3: {_say_share(third, whole)}"


def _say_share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def _say_naive(scores: Sequence[Score]) -> list[str]:
    asked = sum(bool(score.naive) for score in scores)
    right = add_up_naive(scores)
    if not right:
        return []
    width = max(map(len, right))
    rows = [
        f"  {rule:<{width}}  service {_say_share(services, asked)}, service and family {_say_share(causes, asked)}"
        for rule, (services, causes) in right.items()
    ]
    return ["\nnaive rules, told the true onset", *rows]


def print_differences(console: Console, differences: Sequence[Difference], other: str) -> None:
    """Print what differs from another run, worse first."""
    if not differences:
        console.print(Text(f"\nno difference from {other}"))
        return
    console.print(Text(f"\ncompared with {other}"))
    for one in sorted(differences, key=lambda one: not one.is_worse):
        said = "worse" if one.is_worse else "better"
        console.print(Text(tame(f"  {said:<6} {one.name}: {one.what} {one.before} -> {one.after}")))


_MODEL_COLUMNS = (
    "cause #1", "to #3", "clues", "verified", "struck some", "templates", "held", "struck", "tokens in", "reused",
    "out", "first token s", "model s", "total s", "MB", "model MB",
)  # fmt: skip


def print_models(console: Console, totals: Sequence[ModelTotals]) -> None:
    """Print what each model did on the same incidents, the run without a model first."""
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("model", no_wrap=True)
    for name in _MODEL_COLUMNS:
        table.add_column(name, justify="right")
    for one in totals:
        table.add_row(*(Text(tame(cell)) for cell in _list_model_cells(one)))
    console.print(Text("\nmodels: tokens and seconds of the median incident, memory at its peak\n"))
    console.print(table)


def _list_model_cells(one: ModelTotals) -> tuple[str, ...]:
    scores = (one.name, *(f"{part}/{one.incidents}" for part in (one.cause_at_1, one.cause_at_3)))
    rungs = (one.rungs[rung] for rung in (Rung.MODEL_VERIFIED, Rung.MODEL_STRUCK, Rung.TEMPLATES))
    rest = (f"{one.total_s:.1f}", f"{one.peak_bytes / _MEGA:.0f}")
    if one.name == NONE:
        return (*scores, f"{one.clues_named}/{one.clues}", *map(str, rungs), *[""] * 7, *rest, "")
    return (
        *scores,
        f"{one.clues_named}/{one.clues}",
        *map(str, rungs),
        *(f"{number:,}" for number in (one.accepted_claims, one.struck_claims)),
        *(f"{number:,.0f}" for number in (one.prompt_tokens, one.reused_tokens, one.output_tokens)),
        *(f"{seconds:.1f}" for seconds in (one.first_token_s, one.model_s)),
        *rest,
        f"{one.model_peak_bytes / _MEGA:.0f}" if one.model_peak_bytes else "",
    )
