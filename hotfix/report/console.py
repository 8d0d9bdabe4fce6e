"""From an analysis to the terminal: a first screen that answers what is asked at 3 a.m., then everything behind it.

Whatever comes from logs is made harmless (`plain`) and printed as plain text, never as markup. Colour, width and
encoding are the console's; a line of the report never depends on colour to be understood.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotfix.core.facts import Analysis, Evidence, Severity, Verdict
from hotfix.core.plain import tame
from hotfix.core.settings import ROWS_SHOWN
from hotfix.core.text import format_time, say_span
from hotfix.report.answers import (
    answer_questions,
    best_correlation,
    describe_deploy,
    describe_fit,
    nearest_deploys,
    state_headline,
)
from hotfix.report.page import Item, Page
from hotfix.report.past import show_similar
from hotfix.report.plain import first_line, shorten
from hotfix.report.words import (
    EVIDENCE_KINDS,
    RUNGS,
    say_count,
    say_place,
    say_rise,
    say_series,
    say_shape,
    say_strength,
    say_value,
)

if TYPE_CHECKING:
    from rich.console import Console


def open_console() -> "Console":
    """Return a console on standard output that obeys no markup; ``NO_COLOR`` and pipes are honoured by rich."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def state_verdict(analysis: Analysis) -> str:
    """Return the verdict and its reason in one harmless line."""
    return tame(f"{state_headline(analysis)}: {analysis.diagnosis.statement}")


def render_console(analysis: Analysis, console: "Console", written: Sequence[Path] = ()) -> None:
    """Print the report; ``written`` are the files that hold it."""
    page = Page(console)
    _print_first_screen(page, analysis)
    for title, items in _list_details(analysis, written):
        if items:
            page.title(title)
            for item in items:
                page.item(item)


def _print_first_screen(page: Page, analysis: Analysis) -> None:
    page.headline(state_headline(analysis), _colour(analysis))
    for answer in answer_questions(analysis):
        page.answer(answer)


def _colour(analysis: Analysis) -> str:
    if analysis.diagnosis.verdict is Verdict.NO_INCIDENT:
        return "bold green"
    urgent = analysis.incident is not None and analysis.incident.severity in (Severity.P0, Severity.P1)
    return "bold red" if urgent and analysis.diagnosis.verdict is Verdict.INCIDENT else "bold yellow"


def _list_details(analysis: Analysis, written: Sequence[Path]) -> Iterable[tuple[str, Sequence[Item]]]:
    yield "Evidence", _cap([_show_evidence(evidence) for evidence in analysis.evidence])
    yield "Similar past incidents", show_similar(analysis)
    yield "What changed in the logs", _cap(_show_changes(analysis))
    yield "What changed in the world", _show_deploys(analysis)
    yield "Five whys", _show_whys(analysis)
    yield "What to do, in full", _show_actions(analysis)
    yield "Contributing", [Item(text) for text in analysis.diagnosis.contributing]
    yield "Other hypotheses", _show_hypotheses(analysis)
    yield "Missing evidence", [Item(text) for text in analysis.diagnosis.missing]
    yield "Read", _cap(_show_files(analysis))
    yield "Not read", _cap([Item(f"{skipped.where}: {skipped.reason}") for skipped in analysis.skipped])
    yield "Assumptions", [Item(note) for note in analysis.notes]
    yield "Not done", [Item(f"{skipped.stage}: {skipped.reason}") for skipped in analysis.skipped_stages]
    yield "Time taken", _show_timings(analysis)
    yield "Local model", _show_model(analysis)
    yield "Struck, and used nowhere", _cap(_show_struck(analysis))
    yield "Written to", [Item(str(path)) for path in written]


def _cap(items: list[Item]) -> list[Item]:
    if len(items) <= ROWS_SHOWN:
        return items
    return [*items[:ROWS_SHOWN], Item(_count_rest(len(items) - ROWS_SHOWN))]


def _count_rest(left: int) -> str:
    return f"… and {left:,} more, all in report.json"


def _show_evidence(evidence: Evidence) -> Item:
    time = format_time(evidence.time) if evidence.time else "no time"
    return Item(
        said=f"{evidence.id}  {time}  {evidence.service or 'unknown service'}  {EVIDENCE_KINDS[evidence.kind]}",
        place=say_place(evidence.place),
        more=(evidence.statement,),
        quote=first_line(evidence.excerpt),
    )


def _show_changes(analysis: Analysis) -> list[Item]:
    items = []
    for change in analysis.changes:
        said = f"{change.id}  {format_time(change.at)}  {shorten(say_series(analysis, change), 160)}"
        before, after = say_value(change.metric, change.before), say_value(change.metric, change.after)
        moved = f"{before} → {after} ({say_rise(change)}), {say_shape(change)}"
        items.append(Item(said, (f"{moved}; {say_strength(change)}",)))
    return items


def _show_deploys(analysis: Analysis) -> list[Item]:
    items = []
    for deploy in nearest_deploys(analysis, ROWS_SHOWN):
        pair = best_correlation(analysis, deploy)
        lag = f"{say_span(pair.lag_s)} before {pair.change}; " if pair else ""
        said = f"{format_time(deploy.at)}  {describe_deploy(deploy)}"
        items.append(Item(said, (f"{lag}{describe_fit(pair)}",), place=say_place(deploy.source)))
    left = len(analysis.deploys) - len(items)
    return [*items, Item(_count_rest(left))] if left else items


def _show_whys(analysis: Analysis) -> list[Item]:
    return [
        Item(f"{number}. {why.why}", (_prove(why.because, why.evidence, hypothesis=why.hypothesis),))
        for number, why in enumerate(analysis.diagnosis.five_whys, start=1)
    ]


def _prove(text: str, evidence: Sequence[str], *, hypothesis: bool) -> str:
    cited = f" ({', '.join(evidence)})" if evidence else ""
    return f"Hypothesis: {text}{cited}" if hypothesis else f"{text}{cited}"


def _show_actions(analysis: Analysis) -> list[Item]:
    recommendation = analysis.diagnosis.recommendation
    if recommendation is None:
        return []
    steps = [Item(f"{number}. {action}") for number, action in enumerate(recommendation.actions, start=1)]
    return [*steps, Item(f"Why: {recommendation.reason}")]


def _show_hypotheses(analysis: Analysis) -> list[Item]:
    items = []
    for hypothesis in analysis.diagnosis.hypotheses[1:]:
        cited = f"for: {', '.join(hypothesis.supports) or 'none'}; against: {', '.join(hypothesis.against) or 'none'}"
        judged = f"rejected: {hypothesis.rejected}" if hypothesis.rejected else "possible, not rejected"
        said = f"{hypothesis.rank}. {hypothesis.category} ({hypothesis.confidence:.0%}): {hypothesis.statement}"
        items.append(Item(said, (judged, cited)))
    return items


def _show_files(analysis: Analysis) -> list[Item]:
    return [
        Item(
            f"{file.path}: {file.format}, {say_count(file.records, 'record')} in {say_count(file.lines, 'line')}, "
            f"{file.unparsed:,} unparsed; {file.timezone}"
        )
        for file in analysis.files
    ]


def _show_timings(analysis: Analysis) -> list[Item]:
    whole = say_span(sum(analysis.timings.values()))
    stages = ", ".join(f"{stage} {say_span(seconds)}" for stage, seconds in analysis.timings.items())
    diagnosis = analysis.diagnosis
    by = f"decided by {diagnosis.by}, {RUNGS[diagnosis.rung]}"
    return [Item(f"{whole}: {stages}; {by}")] if stages else [Item(by)]


def _show_model(analysis: Analysis) -> list[Item]:
    use = analysis.model
    if use is None:
        return []
    tokens = f"{use.prompt_tokens:,} tokens read, {use.reused_tokens:,} of them kept from before"
    said = f"{use.name}: {say_count(use.calls, 'call')} in {say_span(use.seconds)}"
    return [
        Item(said, (f"{tokens}, {use.output_tokens:,} written; {say_count(use.accepted_claims, 'sentence')} held",))
    ]


def _show_struck(analysis: Analysis) -> list[Item]:
    return [Item(one.sentence, (one.reason,)) for one in analysis.model.struck] if analysis.model else []
