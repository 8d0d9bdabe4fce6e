"""Decides what to do before any patch is written: an analysis and what was located come in, a decision goes out.

It looks at when things changed, at what a roll-back leaves behind, and at what is at stake.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hotfix.core.facts import Analysis, Approach, Deploy, DeployKind, Severity, Verdict
from hotfix.core.text import say_span
from hotfix.repair.blame import find_blamed
from hotfix.repair.contract import Choice, Decision, Judged, Repository, SuspectCommit
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.limits import RELEASE_MARGIN_S, REVERT_LEAD, ROLLBACK_AFTER_S
from hotfix.repair.locate import Located
from hotfix.repair.locate.history import Commit, read_commits

_DESTRUCTIVE = re.compile(
    r"(?i)\b(?:drop\s+(?:table|column|constraint|type)|rename\s+(?:column|to)|alter\s+column|change\s+column"
    r"|truncate|delete\s+from|update\s+\w+\s+set|drop_column|drop_table|rename_column|alter_column|remove_column"
    r"|RemoveField|DeleteModel|RenameField|AlterField)\b"
)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rules look at."""

    analysis: Analysis
    blamed: Deploy | None  # the setting, flag or migration that the diagnosis cites
    released_lag_s: float | None  # seconds from the release to the onset; None: no release is known, or it came later
    n_commits: int  # commits that came with the release
    irreversible: tuple[str, ...]
    suspect: SuspectCommit | None
    is_tied: bool  # something else than its time leads to the release
    is_clear: bool  # the suspect leads the others by far and came with the release
    has_code: bool  # evidence names a line of our own code that failed

    @property
    def severity(self) -> Severity:
        return self.analysis.incident.severity if self.analysis.incident else Severity.P3


def decide(repository: Repository, analysis: Analysis, located: Located) -> Decision:
    """Return what to do and why; the first rule that fits decides."""
    commits = read_commits(repository, located.among.commits) if located.among.before else ()
    facts = _gather(analysis, located, commits)
    for rule in (_wait_when_over, _set_back, _go_forward, _go_back, _take_back, _set_right, _mend):
        decision = rule(facts)
        if decision is not None:
            return decision
    return Decision(
        Choice.WAIT,
        "nothing leads to this repository: no line and no release of it is named by the evidence; a patch here would "
        "be a guess: act where the diagnosis points, and watch",
    )


def decide_without_patch(decision: Decision, located: Located, judged: Sequence[Judged]) -> Decision:
    """Return the decision again where it was to patch, and nothing in the code says what a patch is to do.

    Going back comes first, where a release before is known and no stored data stands in the way; else a setting.
    """
    guesses = [one.candidate.guess for one in judged if one.candidate.guess]
    if decision.choice is not Choice.PATCH or not guesses or any(one.passed for one in judged):
        return decision
    reason = f"the line that failed is known, but nothing in the code says {guesses[0]}, so no patch is offered: "
    if located.among.before is not None and not decision.irreversible:
        going = f"go back to {located.among.before[:10]}, the release before, if it was well"
        return Decision(Choice.ROLLBACK, f"{reason}{going}, and have somebody who knows the service say what is meant")
    return Decision(
        Choice.CONFIG,
        f"{reason}keep what it fails on away by a setting or a flag, and have somebody who knows the service say what "
        "is meant",
        decision.irreversible,
    )


def find_irreversible(commits: Sequence[Commit]) -> tuple[str, ...]:
    """Return what a roll-back of these commits leaves behind: migrations that destroy or rename, and data formats."""
    found = []
    for commit in commits:
        for file in commit.files:
            kind = tell_kind(file.path)
            if kind is FileKind.MIGRATION and _DESTRUCTIVE.search("\n".join(file.added)):
                found.append(
                    f"{file.path} of {commit.ident[:10]} changes stored data in a way that older code may not read"
                )
            elif kind is FileKind.SCHEMA and file.removed:
                found.append(f"{file.path} of {commit.ident[:10]} changes the format of what is exchanged or stored")
    return tuple(dict.fromkeys(found))


def _gather(analysis: Analysis, located: Located, commits: Sequence[Commit]) -> _Facts:
    onset = analysis.incident.started_at if analysis.incident else None
    released = located.among.released_at
    lag = (onset - released).total_seconds() if onset and released else None
    suspects = located.suspects
    first = suspects[0] if suspects else None
    lead = suspects[0].score - (suspects[1].score if len(suspects) > 1 else 0.0) if suspects else 0.0
    fresh = [one for one in suspects if located.among.before is not None and one.commit in located.among.commits]
    return _Facts(
        analysis=analysis,
        blamed=find_blamed(analysis),
        released_lag_s=lag if lag is not None and located.among.before else None,
        n_commits=len(located.among.commits),
        irreversible=find_irreversible(commits),
        suspect=first,
        is_tied=any(one.tied for one in fresh),
        is_clear=first in fresh and first is not None and first.tied and lead >= REVERT_LEAD,
        has_code=any(frame.exception and frame.depth == 0 and frame.line for frame in located.frames),
    )


def _wait_when_over(facts: _Facts) -> Decision | None:
    if facts.analysis.diagnosis.verdict is Verdict.RECOVERED and not facts.has_code:
        return Decision(Choice.WAIT, "it ended by itself and no line of our own code failed: watch, and change nothing")
    return None


def _set_back(facts: _Facts) -> Decision | None:
    if facts.blamed is None or facts.blamed.kind is DeployKind.MIGRATION:
        return None
    return Decision(
        Choice.CONFIG,
        f"the incident began after a setting changed and not with a release ({facts.blamed.summary}): setting it "
        "back needs no build; code that cannot bear the setting can be mended after",
        facts.irreversible,
    )


def _go_forward(facts: _Facts) -> Decision | None:
    if facts.blamed is None:
        return None
    return Decision(
        Choice.PATCH if facts.has_code else Choice.WAIT,
        f"the incident began with a change of stored data ({facts.blamed.summary}), which a roll-back of code does "
        "not undo: undo that change, or mend the code that reads it",
        (facts.blamed.summary, *facts.irreversible),
    )


def _go_back(facts: _Facts) -> Decision | None:
    """Roll back where a release came shortly before, an earlier one is there, and no data stands in the way."""
    if facts.released_lag_s is None or not -RELEASE_MARGIN_S <= facts.released_lag_s <= ROLLBACK_AFTER_S:
        return None
    if not facts.n_commits or not facts.is_tied:
        return None
    lag = f"{say_span(max(facts.released_lag_s, 0.0))} after the release"
    if facts.irreversible:
        if facts.is_clear and facts.suspect is not None:
            return Decision(
                Choice.REVERT,
                f"it began {lag}, but rolling all of it back is not safe ({facts.irreversible[0]}): take back "
                f"{facts.suspect.commit[:10]} alone",
                facts.irreversible,
            )
        return Decision(
            Choice.PATCH,
            f"it began {lag}, but rolling back is not safe ({facts.irreversible[0]}) and no commit stands out: go "
            "forward",
            facts.irreversible,
        )
    if facts.n_commits > 1 and facts.is_clear and facts.severity not in {Severity.P0, Severity.P1}:
        return Decision(
            Choice.REVERT,
            f"it began {lag} with {facts.n_commits} commits; at {facts.severity} there is time to take back "
            f"{facts.suspect.commit[:10] if facts.suspect else ''} alone and to keep the others",
        )
    return Decision(
        Choice.ROLLBACK,
        f"it began {lag}, the release before is there and nothing in between changes stored data: going back is "
        f"quicker and surer than new code at {facts.severity}",
    )


def _take_back(facts: _Facts) -> Decision | None:
    if facts.is_clear and facts.suspect is not None:
        return Decision(
            Choice.REVERT,
            f"the release is no longer fresh, so others may stand on it; {facts.suspect.commit[:10]} stands out and "
            "can be taken back alone",
            facts.irreversible,
        )
    return None


def _set_right(facts: _Facts) -> Decision | None:
    """Leave code alone where the diagnosis asks for a setting, though nobody saw it change."""
    advice = facts.analysis.diagnosis.recommendation
    if advice is None or advice.approach is not Approach.CONFIG:
        return None
    return Decision(
        Choice.CONFIG,
        f"the diagnosis asks for a setting ({facts.analysis.diagnosis.category}) and no release of this repository "
        "came shortly before: set it right where the service runs",
        facts.irreversible,
    )


def _mend(facts: _Facts) -> Decision | None:
    if facts.has_code:
        return Decision(
            Choice.PATCH,
            "no release of this repository came shortly before, so there is nothing to go back to; the line that "
            "failed is known and can be mended",
            facts.irreversible,
        )
    return None
