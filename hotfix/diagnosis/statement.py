"""Words a candidate in one sentence: who fails, how, where, since when, since which change, what was found."""

from hotfix.core.settings import CLUE_TOLD
from hotfix.core.text import format_time, say_span
from hotfix.diagnosis.causes import load_causes
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.ranker import Candidate


def state_cause(candidate: Candidate) -> str:
    """Return one sentence of facts; what is not known is left out."""
    lead = candidate.leader
    what = lead.headline if lead.exception else f"{load_causes()[candidate.category].title.lower()}: {lead.headline}"
    where = f" at {lead.frame}" if lead.frame else ""
    told = find_told(candidate)
    finding = f"; {told.statement.split('; ')[0]}" if told else ""
    return f"{candidate.service}: {what}{where}, since {format_time(candidate.first)}{_say_change(candidate)}{finding}"


def find_told(candidate: Candidate) -> Clue | None:
    """Return the clue that stands in the statement: the strongest that tells more than who is to blame."""
    strong = [clue for clue in candidate.clues if clue.strength >= CLUE_TOLD]
    return next((clue for clue in strong if clue.mechanism != "propagation"), next(iter(strong), None))


def _say_change(candidate: Candidate) -> str:
    if candidate.deploy is None or candidate.correlation is None:
        return ""
    return f", {say_span(candidate.correlation.lag_s)} after {shorten(candidate.deploy.summary)}"
