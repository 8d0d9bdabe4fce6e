"""Lets a model choose among the causes that rules found, where rules themselves are not sure. It can name no other."""

from hotfix.core.plain import tame
from hotfix.core.settings import RERANK_BELOW, RERANK_SHARE_LEAST
from hotfix.diagnosis.causes import UNKNOWN, load_causes
from hotfix.diagnosis.diagnose import Finding
from hotfix.model.briefing import Briefing

_NAME_CHARACTERS = 60


def is_unsure(finding: Finding) -> bool:
    """Tell whether rules abstain: several causes are possible, and the leading one is unknown or weakly supported."""
    diagnosis = finding.diagnosis
    weak = diagnosis.category == UNKNOWN or diagnosis.confidence < RERANK_BELOW
    return weak and len(diagnosis.hypotheses) > 1


def choose_rank(briefing: Briefing, finding: Finding) -> int | None:
    """Return the rank of the hypothesis that a model holds for the cause; None when it is unsure or says unknown.

    It is asked twice, the list once in each order: where a label stands in a list sways small models.

    Raises:
        ModelError: it gave no answer.
    """
    labels = {f"H{one.rank}": one.rank for one in finding.diagnosis.hypotheses}
    shares = dict.fromkeys((*labels, UNKNOWN), 0.0)
    for order in (list(labels), list(reversed(labels))):
        choice = briefing.choose(_ask(finding, order), [*order, UNKNOWN])
        for label, share in choice.shares.items():
            shares[label] += share / 2
    best = max(shares, key=lambda label: shares[label])
    return labels.get(best) if shares[best] >= RERANK_SHARE_LEAST else None


def _ask(finding: Finding, order: list[str]) -> str:
    told = {f"H{one.rank}": one for one in finding.diagnosis.hypotheses}
    rows = []
    for label in order:
        one = told[label]
        service, cited = tame(one.service or "unknown service")[:_NAME_CHARACTERS], ", ".join(one.supports)
        rows.append(f"{label} = {one.category} at {service} (see {cited}): {load_causes()[one.category].meaning}")
    listed = "\n".join((*rows, f"{UNKNOWN} = the facts do not decide"))
    return f"Which of these is the cause of the incident?\n{listed}\nAnswer with one of {', '.join(order)}, {UNKNOWN}."
