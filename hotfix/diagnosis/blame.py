"""Passes the blame from who suffers on to who was changed: a symptom and a change in, the culprit out.

A symptom (somebody does not answer) at one service, whose records name another one of which a change is known that
fits: then the other one is the culprit. A setting that was made smaller names the resource that is short now. A job in
each of whose runs the symptoms come is the culprit as well, and its name may tell what it takes from others. Of two
that tell one error the one who only repeats it is the victim.
"""

import re
from collections.abc import Sequence

from hotfix.core.facts import Deploy, DeployKind
from hotfix.core.settings import QUOTE_WORDS_FEWEST, SHOWN_LEAST
from hotfix.diagnosis.causes import Role, load_causes
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.suspects import Suspect
from hotfix.diagnosis.wording import split_words

_VALUE = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?([kKmMgG]?)")
_FACTORS = {"": 1.0, "k": 2.0**10, "m": 2.0**20, "g": 2.0**30}
_TOLD = frozenset((DeployKind.DEPLOYMENT, DeployKind.CONFIG, DeployKind.FLAG, DeployKind.MIGRATION))


def blame_changed(service: str, category: str, suspects: Sequence[Suspect], deploy: Deploy) -> tuple[str, str]:
    """Return the service and the family to blame for symptoms at a service after a change that is linked to them.

    The blame goes to the service that was changed, when the records that show the symptoms name it.
    """
    if any(suspect.match.role is not Role.SYMPTOM for suspect in suspects):
        return service, category
    named = deploy.service is not None and any(deploy.service in suspect.mentions for suspect in suspects)
    if deploy.service is not None and named and deploy.kind in _TOLD:
        return deploy.service, find_shrunk(deploy) or category
    return service, (find_shrunk(deploy) if deploy.service == service else None) or category


def blame_job(category: str, suspects: Sequence[Suspect], clues: Sequence[Clue]) -> tuple[Clue, str] | None:
    """Return the clue of the job whose runs bring symptoms with them, and the family to blame; None without one.

    A job that is shown in several of its runs is at fault, whatever was changed before the first of them.
    """
    if any(suspect.match.role is not Role.SYMPTOM for suspect in suspects):
        return None
    jobs = [clue for clue in clues if clue.job and clue.strength >= SHOWN_LEAST]
    if not jobs:
        return None
    job = max(jobs, key=lambda clue: clue.strength)
    words = split_words(f"{job.job} {job.service}")
    brought = [cause.ident for cause in load_causes().values() if any(word.startswith(cause.jobs) for word in words)]
    return job, brought[0] if brought else category


def repeats(victims: Sequence[Suspect], sources: Sequence[Suspect]) -> bool:
    """Tell whether one service's errors quote another's: all words of its message, behind words of their own.

    A caller tells what it was answered ("could not save: DatabaseError: no room left"), who answered so just says it.
    """
    said = [split_words(_say(source)) for source in sources if source.match.role is Role.CAUSE]
    told = [split_words(_say(victim)) for victim in victims]
    return any(_quotes(longer, shorter) for longer in told for shorter in said) and not any(
        _quotes(longer, shorter) for longer in said for shorter in told
    )


def _say(suspect: Suspect) -> str:
    return f"{suspect.context}: {suspect.headline}" if suspect.context else suspect.headline


def _quotes(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """Tell whether words stand, in order, in others that have more before them; numbers may differ."""
    whole, part = ([word for word in words if word.isalpha()] for words in (longer, shorter))
    starts = range(1, len(whole) - len(part) + 1)
    return len(part) >= QUOTE_WORDS_FEWEST and any(whole[at : at + len(part)] == part for at in starts)


def find_shrunk(deploy: Deploy) -> str | None:
    """Return the family that a setting made smaller brings, by the first word of its name that a family claims."""
    if deploy.kind is not DeployKind.CONFIG or not is_smaller(deploy):
        return None
    for word in split_words(deploy.summary.partition(" from ")[0]):
        for cause in load_causes().values():
            if any(word.startswith(begin) for begin in cause.shrunk):
                return cause.ident
    return None


def is_smaller(deploy: Deploy) -> bool:
    """Tell whether a change made a number smaller; False when it does not say both."""
    old, new = _read_size(deploy.before), _read_size(deploy.after)
    return old is not None and new is not None and 0 <= new < old


def _read_size(value: str | None) -> float | None:
    found = _VALUE.match(value or "")
    return float(found[1].replace(",", "")) * _FACTORS[found[2].lower()] if found else None
