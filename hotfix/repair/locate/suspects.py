"""Ranks the commits that may have brought the incident, each with its reasons. Reads git; writes nothing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hotfix.core.facts import Analysis, Deploy, DeployKind
from hotfix.repair import limits
from hotfix.repair.blame import find_blamed, find_cited
from hotfix.repair.contract import Repository, SourceFrame, SuspectCommit
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.locate.history import Commit, blame_line, read_commits, trace_lines
from hotfix.repair.locate.ranges import Range

_HARMLESS = frozenset({FileKind.TEST, FileKind.DOCS, FileKind.VERSION})
_SETTINGS = frozenset({FileKind.CONFIG, FileKind.DEPENDENCY, FileKind.MIGRATION, FileKind.SCHEMA})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)+")


@dataclass(slots=True)
class _Case:
    """What speaks for one commit, collected."""

    weights: dict[str, float] = field(default_factory=dict)  # sentence → weight
    place: tuple[str, int] | None = None
    place_weight: float = 0.0
    depth: int | None = None  # of the place nearest to the failure that it wrote or changed; 0: where it failed
    touches: bool = False  # a file that evidence names
    speaks: bool = False  # of the setting that changed at the onset

    def reach(self, depth: int) -> None:
        """Note that it wrote or changed a place of the failure."""
        self.depth = depth if self.depth is None else min(depth, self.depth)

    def add(self, weight: float, sentence: str, place: tuple[str, int] | None = None) -> None:
        """Note a reason; the strongest one with a place says where to look."""
        self.weights[sentence] = max(weight, self.weights.get(sentence, 0.0))
        if place is not None and weight > self.place_weight:
            self.place, self.place_weight = place, weight


def rank_suspects(
    repository: Repository, analysis: Analysis, among: Range, frames: Sequence[SourceFrame]
) -> tuple[SuspectCommit, ...]:
    """Return the commits that may have brought the incident, best first.

    Args:
        repository: where the history is read.
        analysis: what the logs said.
        among: the commits that came with the change.
        frames: places that evidence names, with lines at the release that ran.
    """
    cases: dict[str, _Case] = defaultdict(_Case)
    ran = among.running or repository.head
    _weigh_lines(repository, ran, frames, set(among.commits), cases)
    older = [ident for ident in cases if ident not in among.commits]
    commits = read_commits(repository, [*among.commits, *older])
    for place, commit in enumerate(commits):
        if commit.ident in among.commits:
            _weigh_change(commit, analysis, frames, cases[commit.ident])
            cases[commit.ident].add(limits.WEIGHT_RANGE / (1 + place), f"it came {among.reason}")
    suspects = [
        _conclude(commit, cases[commit.ident], tied=_is_tied(commit.ident, cases[commit.ident], analysis, among))
        for commit in commits
        if commit.ident in cases
    ]
    ordered = sorted(suspects, key=lambda one: (-one.score, -one.at.timestamp(), one.commit))
    return tuple(one for one in ordered if one.score > 0)[: limits.SUSPECTS_SHOWN]


def _weigh_lines(
    repository: Repository, ran: str, frames: Sequence[SourceFrame], fresh: set[str], cases: dict[str, _Case]
) -> None:
    """Weigh who wrote the lines that evidence names, and who changed their functions."""
    for frame in frames[: limits.FRAMES_BLAMED]:
        if not frame.line:
            continue
        share, place = 1 / (1 + frame.depth / 2), (frame.path, frame.line)
        what = "failed" if frame.exception else "wrote the message"
        author = blame_line(repository, ran, frame.path, frame.line)
        if author is not None and (author in fresh or frame.depth == 0):
            weight = limits.WEIGHT_LINE if author in fresh else limits.WEIGHT_OLD_LINE
            cases[author].add(weight * share, f"it last wrote {frame.path}:{frame.line}, which {what}", place)
            cases[author].reach(frame.depth)
        if frame.function:
            for ident in trace_lines(repository, ran, frame.path, (frame.first_line, frame.last_line)):
                if ident in fresh:
                    sentence = f"it changed {frame.function} in {frame.path}, through which the failure went"
                    cases[ident].add(limits.WEIGHT_FUNCTION * share, sentence, place)
                    cases[ident].reach(frame.depth)


def _weigh_change(commit: Commit, analysis: Analysis, frames: Sequence[SourceFrame], case: _Case) -> None:
    """Weigh what a commit of the range changed."""
    touched = {file.path: file for file in commit.files}
    for frame in frames:
        if frame.path in touched:
            share, case.touches = 1 / (1 + frame.depth / 2), True
            case.add(limits.WEIGHT_FILE * share, f"it touches {frame.path}, which evidence {frame.evidence} names")
    for name in sorted(_list_names(analysis)):
        if name in commit.added_text or name in commit.subject:
            case.add(limits.WEIGHT_NAME, f"it speaks of {name}, which changed at the onset")
            case.speaks = True
    kinds = {tell_kind(path) for path in touched}
    if kinds and kinds <= _HARMLESS:
        case.add(-limits.WEIGHT_HARMLESS, "it only touches tests, documents or the version")
    for kind in sorted(kinds & _SETTINGS):
        path = next(path for path in touched if tell_kind(path) is kind)
        case.add(limits.WEIGHT_SETTINGS, f"it changes {kind} ({path})")
    if any(commit.ident.startswith(word) for deploy in analysis.deploys for word in _list_ids(deploy)):
        case.add(limits.WEIGHT_RELEASED, "it is the commit that was rolled out")


def _list_names(analysis: Analysis) -> set[str]:
    """Return the rare names in what changed at the onset: a flag, a setting, a table."""
    kinds = {DeployKind.CONFIG, DeployKind.FLAG, DeployKind.MIGRATION}
    onset = analysis.incident.started_at if analysis.incident else None
    linked = {pair.deploy for pair in analysis.correlations if pair.linked}
    before = [one for one in analysis.deploys if one.kind in kinds and (onset is None or one.at <= onset)]
    told = [one for one in before if one.id in linked or one in find_cited(analysis)]
    latest = max(told, key=lambda one: one.at, default=None)
    return set(_NAME.findall(latest.summary)) if latest else set()


def _list_ids(deploy: Deploy) -> Iterable[str]:
    return (word for word in re.findall(r"\b[0-9a-f]{7,40}\b", f"{deploy.summary} {deploy.version or ''}"))


def _is_tied(ident: str, case: _Case, analysis: Analysis, among: Range) -> bool:
    """Tell whether something else than its time leads to a commit.

    Where the diagnosis blames a setting, only code that speaks of it or that failed is to blame as well; else any place
    that evidence names counts, and the whole release does where the diagnosis cites it.
    """
    if find_blamed(analysis) is not None:
        return case.speaks or case.depth == 0
    released = ident in among.commits and any(one.id in among.deploys for one in find_cited(analysis))
    return released or case.speaks or case.touches or case.depth is not None


def _conclude(commit: Commit, case: _Case, *, tied: bool) -> SuspectCommit:
    ordered = sorted(case.weights.items(), key=lambda pair: -abs(pair[1]))
    total = sum(case.weights.values())
    path, line = case.place or (_guess_path(commit), None)
    return SuspectCommit(
        commit=commit.ident,
        subject=commit.subject,
        at=commit.at,
        path=path,
        line=line,
        score=round(max(0.0, 1 - 1 / (1 + max(total, 0.0))), 3),
        tied=tied,
        reasons=tuple(sentence for sentence, _ in ordered)[: limits.REASONS_SHOWN],
    )


def _guess_path(commit: Commit) -> str | None:
    """Return the file with most changed lines that a program runs."""
    code = [file for file in commit.files if tell_kind(file.path) not in _HARMLESS]
    largest = max(code, key=lambda file: len(file.added) + len(file.removed), default=None)
    return largest.path if largest else None
