"""Reads from an analysis since when the incident was, which kinds of errors it had, and which of them are the bug."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hotfix.core.facts import Analysis, Evidence, EvidenceKind, Level, Novelty, Template
from hotfix.rollout.monitor.counting import Tally, count_kinds
from hotfix.rollout.monitor.kinds import Kinds, name_kind
from hotfix.rollout.monitor.limits import KINDS_MOST
from hotfix.rollout.monitor.reading import PartReader

_GRAVE = (Level.ERROR, Level.FATAL)
_OF_THE_BUG = (Novelty.NEW, Novelty.CHANGED)
_TOLD_BY_LINES = (EvidenceKind.LOG, EvidenceKind.STACK_TRACE)


@dataclass(frozen=True, slots=True)
class IncidentKinds:
    """What an incident tells a monitor."""

    known: Kinds = field(default_factory=Kinds)  # all that it saw
    bug: Kinds = field(default_factory=Kinds)  # what the fix is to end
    began_s: float | None = None  # Unix time; what was usual before it is usual


def read_incident(analysis: Analysis | None) -> IncidentKinds:
    """Return what an analysis tells; nothing where there is none.

    The bug is what the evidence shows that the diagnosis cites, unless the message came before the incident too; where
    that shows no error, what the service that broke began to log with it.
    """
    if analysis is None:
        return IncidentKinds()
    templates = [template for template in analysis.templates if template.level in _GRAVE]
    older = Kinds(tuple(_name(one) for one in templates if one.novelty not in _OF_THE_BUG))
    all_templates = Kinds(tuple(map(_name, templates)))
    shown = {one.id: list(_read_kinds(one, all_templates)) for one in _list_excerpts(analysis)}
    bug = next((kinds for kinds in _list_bugs(analysis, shown, older) if kinds), ())
    return IncidentKinds(
        known=all_templates.add((kind for kinds in shown.values() for kind in kinds), KINDS_MOST),
        bug=Kinds(tuple(dict.fromkeys(bug))),
        began_s=analysis.incident.started_at.timestamp() if analysis.incident else None,
    )


def _list_excerpts(analysis: Analysis) -> Sequence[Evidence]:
    return [one for one in analysis.evidence if one.kind in _TOLD_BY_LINES]


def _list_bugs(analysis: Analysis, shown: Mapping[str, list[str]], older: Kinds) -> Iterator[list[str]]:
    """Yield what may be the bug, the likeliest first."""
    service = analysis.diagnosis.service
    cited = [one for one in _list_excerpts(analysis) if one.id in analysis.diagnosis.evidence]
    for chosen in ([one for one in cited if one.service == service], cited):
        yield [kind for one in chosen for kind in shown[one.id] if older.find(kind) is None]
    begun = [one for one in analysis.templates if one.novelty is Novelty.NEW and one.level in _GRAVE]
    yield [_name(one) for one in begun if service in one.services]


def _name(template: Template) -> str:
    return name_kind(None, None, template.text)


def _read_kinds(evidence: Evidence, templates: Kinds) -> Iterator[str]:
    """Yield the kinds of errors in an excerpt, each as its template where it has one."""
    reader, tally = PartReader(), Tally()
    tally.add(reader.read_text(evidence.excerpt), 0.0)
    found = count_kinds(tally, reader.list_texts())
    for kind in (*found.fatal, *found.others):
        yield templates.find(kind) or kind
