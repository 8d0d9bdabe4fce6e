"""Tells whether the text of an action begins with a verb, as "Add", "Re-enable" and "Rate-limit the exports" do.

A list of verbs is never whole, so a word that is not in it counts too: by a part of it that is, by its ending, or by an
article behind it.
"""

import re
from collections.abc import Collection

_LABEL = re.compile(r"^(?:\W+|[A-Z]{1,4}-?\d+\b[.:)\]]*|\d+[.:)]|\(?P\d\)?[.:]?)+\s*")
"""A number, a priority or an ident before the text: "A1:", "AI-3", "2.", "[P1]"."""

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_PARTICLES = frozenset({"up", "out", "off", "on", "in", "over", "down", "through", "by", "back"})
"""Behind a hyphen they make a noun of a verb: "follow-up", "roll-back"."""

_VERB_ENDINGS = re.compile(r"\w{2}(?:i[sz]e|ify|[b-df-hj-np-tv-z]ate)$")
_NOUNS = frozenset({
    "certificate", "candidate", "climate", "template", "private", "corporate", "separate", "adequate", "appropriate",
    "accurate", "immediate", "intermediate", "exercise", "enterprise", "precise", "otherwise", "expertise", "surprise",
    "noise", "concise",
})  # fmt: skip
"""Words with the ending of a verb that are none, or rarely."""

_PREFIX = re.compile(r"^(?:re|pre|un|de|dis|auto|over|under|co|mis|back|out)(?=[a-z]{3})")
_NO_VERB = re.compile(r"(?:ing|ed|ion|ions|ment|ments|ness|ity|er|ers|est|ly|ous|ful|able|ible|ive|ical)$")
_OBJECT = re.compile(r"\s+(?:the|an?|each|every|all|both|our|its|their|this|that|these|those|\d[\d.,]*)\b")

_STATES = re.compile(
    r"^[\w-]+(?: (?!that\b|wh\w+\b|if\b|how\b|the\b|an?\b)[\w-]+){0,2} (?:needs?|lacks?|should|must|ought)\b",
    re.IGNORECASE,
)
"""A sentence about what is, and not about what is to be done: "Load tests need work"."""


def begins_with_verb(text: str, verbs: Collection[str]) -> bool:
    """Tell whether an action says what is to be done.

    Args:
        text: the action.
        verbs: verbs that are known, in lower case.
    """
    said = _LABEL.sub("", text)
    found = _WORD.match(said)
    if found is None or _STATES.match(said):
        return False
    word = found[0].lower()
    parts = word.split("-")
    if len(parts) > 1:
        return parts[-1] not in _PARTICLES and any(
            _is_verb(part, verbs) for part in (parts[-1], parts[0], "".join(parts))
        )
    return _is_verb(word, verbs) or (not _NO_VERB.search(word) and bool(_OBJECT.match(said[found.end() :])))


def _is_verb(word: str, verbs: Collection[str]) -> bool:
    bare = _PREFIX.sub("", word)
    return word in verbs or bare in verbs or (bool(_VERB_ENDINGS.search(word)) and word not in _NOUNS)
