"""Tells by its words whether a message says that a process ended badly: text and level in, yes or no out."""

import re

from hotfix.core.facts import Level

_ENDED = re.compile(
    r"(?i)\b(?:exited|terminated|terminating|died|crashed|killed|aborted|panicked|segfault\w*|core dumped|oom-?kill\w*"
    r"|sent sig(?:kill|segv|abrt|bus)"
    r"|back-off restarting|restarting failed)\b"
)
_BADLY = re.compile(
    r"(?i)not expected|unexpected|core[ -]dumped|\bFAILURE\b|oom-?kill|out ?of ?memory|crash|panic|segfault"
    r"|sig(?:kill|segv|abrt|bus)|back-off restarting|restarting failed"
)
_PLANNED = re.compile(r"(?i)\bsig(?:term|int|hup|quit)\b|gracefull?y?|on request|by (?:user|operator|admin)")


def says_bad_end(text: str, level: Level | None) -> bool:
    """Tell whether a message says that a process ended as nobody planned; a mild one must say so in as many words."""
    if not _ENDED.search(text) or _PLANNED.search(text):
        return False
    serious = level in (Level.WARN, Level.ERROR, Level.FATAL)
    return serious or (level in (None, Level.INFO) and _BADLY.search(text) is not None)
