"""Says which past incidents are like this one: from an analysis to a sentence and to rows of the terminal."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from hotfix.core.facts import Analysis, Comparison, Similar
from hotfix.core.text import format_time
from hotfix.report.page import Item, Page
from hotfix.report.words import say_count

if TYPE_CHECKING:
    from rich.console import Console

    from hotfix.learn.knowledge.prevention import OpenAction
    from hotfix.learn.knowledge.signature import Signature

CANDIDATES = "Their causes are candidates to check, never evidence."

_NONE = "No past incident is kept here."


def state_past(analysis: Analysis) -> str:
    """Return what came of the comparison with past incidents, in one sentence."""
    past = analysis.past
    if past is None:
        return "Not known: this analysis was compared with no past incidents."
    looked = say_count(past.compared, "past incident")
    if not past.similar:
        return f"None of {looked} kept here is like this one." if past.compared else _NONE
    return f"Of {looked}. {CANDIDATES} Nothing else here rests on them."


def show_similar(analysis: Analysis) -> list[Item]:
    """Return the past incidents that are like this one and the runbook of its family, as rows; none without either."""
    past, runbook = analysis.past, state_runbook(analysis)
    if past is None:
        return []
    named = [Item(runbook)] if runbook else []
    return [*named, *([Item(state_past(analysis)), *map(_show, past.similar)] if past.similar else [])]


def state_runbook(analysis: Analysis) -> str | None:
    """Return where the runbook of the cause family lies, in words; None when there is none."""
    runbook = analysis.past.runbook if analysis.past else None
    return f"runbook: {runbook}" if runbook else None


def _show(past: Similar) -> Item:
    return Item(
        said=f"{past.incident}  {past.score:.0%} alike",
        more=(past.statement, *past.shared, *(f"differs: {said}" for said in past.differs)),
    )


def render_comparison(found: Comparison, console: "Console") -> None:
    """Print what is like an incident or a question, or that nothing is."""
    page = Page(console)
    if not found.similar:
        page.line(f"no match among {say_count(found.compared, 'past incident')}" if found.compared else _NONE)
        return
    page.line(f"{len(found.similar)} of {say_count(found.compared, 'past incident')}. {CANDIDATES}")
    for one in found.similar:
        page.item(_show(one))


def render_comparison_json(found: Comparison) -> str:
    """Return what is like an incident or a question as one JSON object."""
    return json.dumps(asdict(found), ensure_ascii=True)


def render_signature_json(signature: "Signature", actions: "Sequence[OpenAction]") -> str:
    """Return by what an incident is compared, and the open actions of similar ones, as one JSON object."""
    whole = asdict(signature) | {
        "started_at": format_time(signature.started_at),
        "open_actions": [
            {
                "incident": one.incident,
                "action": one.action.id,
                "text": one.action.what.text,
                "owner": one.action.what.owner,
                "due": one.action.what.due.isoformat(),
            }
            for one in actions
        ],
    }
    return json.dumps(whole, ensure_ascii=True)


def render_signature_page(signature: "Signature", actions: "Sequence[OpenAction]", console: "Console") -> None:
    """Print by what an incident is compared with others, and the open actions of similar ones."""
    page = Page(console)
    page.line(f"{signature.incident}: {signature.statement}")
    for title, names in (
        ("Cause family", (signature.family or "not known",)),
        ("Services", signature.services),
        ("Change before it", (signature.change or "none cited",)),
        ("Exceptions", signature.exceptions),
        ("Code", signature.code),
        ("Wording", signature.texts),
        ("Words", (", ".join(signature.words),)),
    ):
        page.item(Item(title, more=tuple(name for name in names if name) or ("none",)))
    if actions:
        page.title("Open actions of similar incidents: would one of them have prevented this?")
    for one in actions:
        what = one.action.what
        page.item(Item(f"{one.incident}  {one.action.id}", more=(what.text, f"{what.owner}, due {what.due}")))
