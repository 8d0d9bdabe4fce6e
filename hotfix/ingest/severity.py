"""Guesses how severe a message is that carries no level: its wording comes in, a level or nothing goes out.

Only what programs say when something has failed counts. Zero counts, negations, names of things that have to do with
errors, and attempts of strangers to log in do not make an error.
"""

import re

from hotfix.core.facts import Level

_FATAL = re.compile(
    r"\b(?:kernel panic|panic:|segfault|segmentation fault|core dumped|oom-killer|out of memory: kill\w*|"
    r"fatal(?: error)?:)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:failed password|authentication fail\w*|invalid user|failed (?:publickey|keyboard-interactive|login)|"
    r"illegal user|failed none|preauth)\b",
    re.IGNORECASE,
)
_SETTLED = re.compile(
    r"\b(?:no|0|zero|without|any|on|if|last|previous|after|ignor\w+|recovered from|retry on|clear\w*) "
    r"(?:errors?|exceptions?|failures?)\b|"
    r"\b(?:errors?|exceptions?|failures?|failed|timeouts?|refused|denied|dropped)[\"']?"
    r"(?:[_ -]?(?:count|total|rate|ratio))?[\"']?\s*[=:]\s*[\"']?0\b(?![.\d])|"
    r"\b0 (?:failed|refused|denied|timed out)|"
    r"\berror[-_ ](?:log|page|pages|handler|handling|budget|rate|report|reporting|correction)\b|"
    r"\bfail(?:ed)?[-_ ]?(?:over|fast|safe|back)\b",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b(?:errors?|exception|traceback|failed|failure|fails?|refused|denied|rejected|unreachable|timed[ -]out|aborted|"
    r"corrupt(?:ed)?|killed process|no space left|cannot|can't|could not|couldn't|unable to|not permitted|"
    r"no route to host|"
    r"connection reset|broken pipe|exited with (?:code|status) [1-9]|terminated unexpectedly)\b|"
    r"(?:Error|Exception)\b",
    re.IGNORECASE,
)
_CODES = re.compile(r"\bE(?:[A-Z]{5,}|AGAIN|PERM|BUSY|EXIST|INVAL|FILE|NOENT|ACCES|PIPE|IO)\b")
_WARNED = re.compile(r"\b(?:warn(?:ing)?|deprecated|retrying|slow)\b", re.IGNORECASE)


def guess_level(message: str) -> Level | None:
    """Return the level that a message without one speaks of; None when its wording tells nothing."""
    if _FATAL.search(message):
        return Level.FATAL
    if _LOGIN.search(message):
        return Level.WARN
    if _CODES.search(message) or _FAILED.search(_SETTLED.sub(" ", message)):
        return Level.ERROR
    return Level.WARN if _WARNED.search(message) else None
