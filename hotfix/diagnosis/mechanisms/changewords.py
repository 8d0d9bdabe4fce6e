"""Tells by its words whether a message speaks of a change: text in, a closed choice out. It knows no product's words."""

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
    r"\bfrom\b.{1,80}\bto\b|\b(?:was|were)\b.{0,40}\d|\bold\b.{1,80}\bnew\b|\w ?(?:->|=>|→) ?\w"
    r"|\bprevious(?:ly)?\b|\bbefore\b.{1,60}\bafter\b|\binstead of\b|\b(?:chang|set|updat|switch)\w*\b.{1,80}\bto\b"
)
_REMOVAL = (
    r"\b(?:delet|remov|drop(?:p|s?\b)|revok|revoc|rotat|purg|flush|evict|truncat|terminat|kill|drain|detach|unmount|expir"
    r"|invalidat|clear(?:ed|ing)|withdr|retir|decommission|disconnect|unregister|uninstall|wip(?:ed|ing)|lost\b)\w*"
)
_CHANGE = (
    r"\b(?:re)?(?:chang|configur|load(?:ed|ing) (?:new|config)|updat|modif|alter(?:ed|ing|s)?\b|switch|toggl|promot"
    r"|demot|scal(?:ed|ing)|resiz|reduc|lower(?:ed|ing)|rais(?:ed|ing)|increas|decreas|limit|migrat|upgrad|downgrad"
    r"|nam(?:ed|ing)|rout(?:ed|ing)|overrid|roll(?:ed|ing|out)|install|publish|activat|enabl|disabl|appl(?:ied|ying)"
    r"|import(?:ed|ing)|step(?:ped|ping)|adjust|tun(?:ed|ing)|cut ?over|fail(?:ed)? ?over|elect|set\b|setting)\w*"
    r"|\breload\w*|\breplac\w*|\brestor\w*|\breset\w*|\bALTER\b|\bCREATE\b"
)
_KINDS = (
    (Wording.VALUES, re.compile(_VALUES, re.IGNORECASE)),
    (Wording.REMOVAL, re.compile(_REMOVAL, re.IGNORECASE)),
    (Wording.CHANGE, re.compile(_CHANGE, re.IGNORECASE)),
)
_CHANGING = re.compile(f"{_REMOVAL}|{_CHANGE}", re.IGNORECASE)
_REQUEST = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /")


def read_wording(text: str) -> Wording:
    """Return what a message speaks of; requests speak of daily business, whatever their paths say."""
    if _REQUEST.search(text):
        return Wording.OTHER
    found = next((kind for kind, pattern in _KINDS if pattern.search(text)), Wording.OTHER)
    if found is Wording.VALUES and not _CHANGING.search(text):
        return Wording.CHANGE  # "from … to" alone may be a journey of data
    return found
