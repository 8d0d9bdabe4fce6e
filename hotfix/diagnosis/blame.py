"""Passes the blame from who suffers on to who was changed: a candidate comes in, one that names the cause goes out.

A symptom (somebody does not answer) at one service, whose records name another one of which a change is known that
fits: then the other one is the culprit. A setting that was made smaller names the resource that is short now.
"""

import re
from dataclasses import replace

from hotfix.core.facts import Deploy, DeployKind
from hotfix.diagnosis.causes import Role, load_causes
from hotfix.diagnosis.ranker import Candidate
from hotfix.diagnosis.wording import split_words

_VALUE = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?([kKmMgG]?)")
_FACTORS = {"": 1.0, "k": 2.0**10, "m": 2.0**20, "g": 2.0**30}
_TOLD = frozenset((DeployKind.DEPLOYMENT, DeployKind.CONFIG, DeployKind.FLAG, DeployKind.MIGRATION))


def blame_changed(candidate: Candidate) -> Candidate:
    """Return the candidate at the service that was changed, when it shows only symptoms and its records name it."""
    deploy = candidate.deploy
    linked = candidate.correlation is not None and candidate.correlation.linked
    if deploy is None or not linked or any(suspect.match.role is not Role.SYMPTOM for suspect in candidate.suspects):
        return candidate
    named = deploy.service is not None and any(deploy.service in suspect.mentions for suspect in candidate.suspects)
    service = deploy.service if named and deploy.kind in _TOLD else None
    if service is None and deploy.service != candidate.service:
        return candidate
    return replace(candidate, service=service or candidate.service, category=find_shrunk(deploy) or candidate.category)


def find_shrunk(deploy: Deploy) -> str | None:
    """Return the family that a setting made smaller brings, by the first word of its name that a family claims."""
    if deploy.kind is not DeployKind.CONFIG or not _is_smaller(deploy.before, deploy.after):
        return None
    for word in split_words(deploy.summary.partition(" from ")[0]):
        for cause in load_causes().values():
            if any(word.startswith(begin) for begin in cause.shrunk):
                return cause.ident
    return None


def _is_smaller(before: str | None, after: str | None) -> bool:
    old, new = _read_size(before), _read_size(after)
    return old is not None and new is not None and 0 <= new < old


def _read_size(value: str | None) -> float | None:
    found = _VALUE.match(value or "")
    return float(found[1].replace(",", "")) * _FACTORS[found[2].lower()] if found else None
