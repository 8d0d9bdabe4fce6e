"""Says which past incidents are like this one: from an analysis to a sentence and to rows of the terminal."""

from hotfix.core.facts import Analysis
from hotfix.report.page import Item
from hotfix.report.words import say_count


def state_past(analysis: Analysis) -> str:
    """Return what came of the comparison with past incidents, in one sentence."""
    past = analysis.past
    if past is None:
        return "Not known: this analysis was compared with no past incidents."
    looked = say_count(past.compared, "past incident")
    if not past.similar:
        return f"None of {looked} kept here is like this one." if past.compared else "No past incident is kept here."
    return f"Of {looked}. Their causes are candidates to check, never evidence: nothing else here rests on them."


def show_similar(analysis: Analysis) -> list[Item]:
    """Return the past incidents that are like this one, as rows; none when there is none."""
    if analysis.past is None or not analysis.past.similar:
        return []
    rows = [
        Item(
            said=f"{one.incident}  {one.score:.0%} alike",
            more=(one.statement, *one.shared, *(f"differs: {said}" for said in one.differs)),
        )
        for one in analysis.past.similar
    ]
    return [Item(state_past(analysis)), *rows]
