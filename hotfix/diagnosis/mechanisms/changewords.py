"""Tells by its words whether a message speaks of a change: text in, a closed choice out. It knows no product."""

import re
from enum import Enum


class Wording(Enum):
    """What a message speaks of, with how much a rare message of that kind explains."""

    VALUES = 1.0  # a change of value: old and new
    REMOVAL = 0.85  # something is gone: deleted, dropped, revoked, rotated
    CHANGE = 0.8  # something is set, reloaded, switched, moved
    OTHER = 0.45

    @property
    def weight(self) -> float:
        """How much it explains, 0..1."""
        return self.value


_VALUES = (
    r"\bfrom\b.{1,80}\bto\b|\b(?:was|were)\b.{0,40}\d|\bold\b.{1,80}\bnew\b|\S ?(?:->|=>|→) ?\S"
    r"|\bprevious(?:ly)?\b|\bbefore\b.{1,60}\bafter\b|\binstead of\b|\b(?:chang|set|updat|switch)\w*\b.{1,80}\bto\b"
)
_REMOVAL = (
    r"\b(?:delet|remov|drop(?:p|s?\b)|revok|revoc|rotat|purg|flush|evict|truncat|terminat|kill|drain|detach|unmount|expir"
    r"|invalidat|clear(?:ed|ing)|withdr|retir|decommission|disconnect|unregister|uninstall|wip(?:ed|ing))\w*"
)
_CHANGE = (
    r"\b(?:re)?(?:chang|configur|updat|modif|alter(?:ed|ing|s)?\b|switch|toggl|promot(?:ed|es|ing)|demot|scal(?:ed|ing)"
    r"|siz(?:ed|ing)|reduc|lower(?:ed|ing)|rais(?:ed|ing)|increas|decreas|limit|migrat|upgrad|downgrad|overrid"
    r"|roll(?:ed|ing|out)|install|publish|activat|enabl|disabl|appl(?:ied|ying)|import(?:ed|ing)|stepp(?:ed|ing)|adjust"
    r"|tun(?:ed|ing)|cut ?over|fail(?:ed)? ?over|elect(?:ed|ing)|set\b|setting)\w*"
    r"|\bre(?:load|plac|stor|set|nam|rout)\w*|\bload(?:ed|ing) (?:new|config)|\bALTER\b|\bCREATE\b"
)
_KINDS = (
    (Wording.VALUES, re.compile(_VALUES, re.IGNORECASE)),
    (Wording.REMOVAL, re.compile(_REMOVAL, re.IGNORECASE)),
    (Wording.CHANGE, re.compile(_CHANGE, re.IGNORECASE)),
)
_PAIR = re.compile(r"\S ?(?:->|=>|→) ?\S|\bwas\b", re.IGNORECASE)
_NOTHING = re.compile(r"\b0 (?:[a-z]+(?:\(s\))? ){0,2}[a-z]+ed\b")
_HEAD = 120
_REQUEST = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /")


def read_wording(text: str) -> Wording:
    """Return what a message speaks of at its begin; requests speak of daily business, whatever their paths say."""
    text = _NOTHING.sub("", text[:_HEAD])
    if _REQUEST.search(text):
        return Wording.OTHER
    found = next((kind for kind, pattern in _KINDS if pattern.search(text)), Wording.OTHER)
    if found is Wording.VALUES and not any(pattern.search(text) for _, pattern in _KINDS[1:]):
        return Wording.CHANGE if _PAIR.search(text) else Wording.OTHER  # "from … to" alone may be a journey
    return found
