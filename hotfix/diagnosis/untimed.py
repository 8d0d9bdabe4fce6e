"""Dates what a program says without a time as it dies: suspects come in, those with such last words among them go out.

What goes to standard output bears no stamp. Where a service has as many untimed errors of one message as it has records
of a bad end, each end has its last words, and these came with the ends.
"""

from collections.abc import Sequence
from dataclasses import replace

from hotfix.core.facts import Template
from hotfix.core.settings import SHOWN_LEAST
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.causes import classify_text
from hotfix.diagnosis.headline import find_headline
from hotfix.diagnosis.suspects import Suspect
from hotfix.signal.endwords import says_bad_end


def add_last_words(case: Case, suspects: Sequence[Suspect]) -> tuple[Suspect, ...]:
    """Return the suspects, and beside each that tells of bad ends the untimed errors that name a cause for them."""
    untimed = [one for one in case.templates.values() if one.first is None and one.level in GRAVE]
    found = [
        words
        for end in suspects
        if untimed and says_bad_end(end.excerpt, end.level)
        for template in untimed
        if _belongs(template, end) and (words := _read_words(case, template, end))
    ]
    return tuple(sorted((*suspects, *found), key=lambda suspect: (suspect.first, suspect.template_id)))


def _belongs(template: Template, end: Suspect) -> bool:
    return end.service in template.services and template.count == end.n_before + end.n_after


def _read_words(case: Case, template: Template, end: Suspect) -> Suspect | None:
    """Return untimed errors as a suspect of the same time as the ends; None when they name no cause."""
    text = case.open_text(template.sample)
    match = classify_text(text)[0]
    if match.confidence < SHOWN_LEAST:
        return None
    return replace(
        end,
        template_id=template.id,
        level=template.level,
        match=match,
        exception=None,
        frame=None,
        place=template.sample,
        excerpt=text,
        headline=find_headline(text, None),
        mentions=(),
    )
