"""Words a candidate in one sentence: who fails, how, where, since when, since which change, what was found."""

from hotfix.core.settings import CLUE_TOLD
from hotfix.core.text import format_time, say_span
from hotfix.diagnosis.causes import load_causes
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.ranker import Candidate

_HAPPENED = frozenset(("numbers", "windows", "coincidence", "precursors", "silence"))
"""Mechanisms that find what happened in the world; the others find what the failing records have in common."""
_REASONS = frozenset(("propagation", "headroom", "clocks"))
"""Mechanisms that find why a service or family is named: told where they decided it, or nothing else is."""


def state_cause(candidate: Candidate) -> str:
    """Return one sentence of facts; what is not known is left out."""
    lead = candidate.leader
    what = lead.headline if lead.exception else f"{load_causes()[candidate.category].title.lower()}: {lead.headline}"
    where = f" at {lead.frame}" if lead.frame else ""
    findings = "".join(f"; {clue.statement.split('; ')[0]}" for clue in find_told(candidate))
    since = f"since {format_time(candidate.first)}{_say_change(candidate)}"
    context = f"; its record says: {lead.context}" if lead.context else ""
    return f"{candidate.service}: {what}{where}, {since}{findings}{context}"


def find_told(candidate: Candidate) -> tuple[Clue, ...]:
    """Return the clues that stand in the statement: what shows the family, what happened, and what it hits, each once.

    Who is to blame is told only when nothing else is.
    """
    strong = [clue for clue in candidate.clues if clue.strength >= CLUE_TOLD]
    shown = [clue for clue in strong if clue.mechanism in load_causes()[candidate.category].shown_by][:1]
    happened = [clue for clue in strong if clue.mechanism in _HAPPENED][:1]
    hit = [clue for clue in strong if clue.mechanism not in _HAPPENED | _REASONS][:1]
    return tuple(dict.fromkeys(shown + happened + hit)) or tuple(strong[:1])


def _say_change(candidate: Candidate) -> str:
    if candidate.deploy is None or candidate.correlation is None:
        return ""
    return f", {say_span(candidate.correlation.lag_s)} after {shorten(candidate.deploy.summary)}"
