"""Which commits came with the change: the release before the onset and the one that ran at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotfix.core.facts import Analysis, Deploy, DeployKind
from hotfix.repair.checkout import find_commit
from hotfix.repair.contract import Repository
from hotfix.repair.git import call_git, list_lines
from hotfix.repair.limits import COMMITS_READ, COMMITS_WITHOUT_RELEASE, RELEASE_MARGIN_S

_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b")
_VERSION = re.compile(r"[0-9][\w.+-]*")


@dataclass(frozen=True, slots=True)
class Range:
    """Commits that may have brought the incident."""

    before: str | None  # the last release that was well; None: not known, or none
    running: str | None  # what ran at the onset; None: the repository does not say
    released_at: datetime | None  # when it was rolled out
    commits: tuple[str, ...]  # newest first
    reason: str  # how they were found
    deploys: frozenset[str] = frozenset()  # ids of the releases that the repository knows


def find_range(repository: Repository, analysis: Analysis) -> Range:
    """Return the commits between the release before the onset and the one that ran at it; else those before the onset.

    Releases are the deployments of the analysis, known by the commit they name or by the tag of their version.
    """
    onset = analysis.incident.started_at if analysis.incident else None
    service = analysis.diagnosis.service
    releases = [
        (deploy, commit)
        for deploy in _order_releases(analysis, onset)
        if (commit := _find_release(repository, deploy, service)) is not None
    ]
    if releases:
        deploy, running = releases[-1]
        before = _find_before(repository, deploy, running, [commit for _, commit in releases[:-1]])
        commits = _list_commits(repository, running, before, COMMITS_READ)
        between = f"between {before[:10]} and {running[:10]}" if before else f"up to {running[:10]}"
        known = frozenset(deploy.id for deploy, _ in releases)
        reason = f"{between}, the release at the onset ({deploy.summary})"
        return Range(before, running, deploy.at, commits, reason, known)
    return _take_before(repository, onset)


def _order_releases(analysis: Analysis, onset: datetime | None) -> Iterator[Deploy]:
    """Yield what may be a release, oldest first, up to the onset."""
    last = onset + timedelta(seconds=RELEASE_MARGIN_S) if onset else None
    for deploy in sorted(analysis.deploys, key=lambda one: one.at):
        kinds = (DeployKind.DEPLOYMENT, DeployKind.RESTART, DeployKind.PACKAGE)
        if deploy.kind in kinds and (last is None or deploy.at <= last):
            yield deploy


def _find_release(repository: Repository, deploy: Deploy, service: str | None) -> str | None:
    """Return the commit of a deployment: one that it names, else the tag of its version when the service is ours."""
    for text in (deploy.summary, deploy.version or ""):
        for name in _COMMIT.findall(text):
            commit = find_commit(repository.git_dir, name)
            if commit is not None:
                return commit
    if deploy.service is not None and service is not None and deploy.service != service:
        return None
    return _find_tag(repository, deploy.version, deploy.service)


def _find_tag(repository: Repository, version: str | None, service: str | None) -> str | None:
    found = _VERSION.search(version or "")
    if found is None:
        return None
    names = [version or "", f"v{found[0]}", found[0], f"release-{found[0]}", f"release/{found[0]}"]
    names += [f"{service}{mark}{found[0]}" for mark in ("-", "/", "@", "-v", "/v", "@v") if service]
    commits = (find_commit(repository.git_dir, f"refs/tags/{name}") for name in names)
    return next((commit for commit in commits if commit is not None), None)


def _find_before(repository: Repository, deploy: Deploy, running: str, earlier: list[str]) -> str | None:
    """Return the commit of the release before: as the deployment says, else the one rolled out before, else its tag."""
    said = _find_tag(repository, deploy.before, deploy.service)
    others = [commit for commit in reversed(earlier) if commit != running]
    for commit in ([said] if said else []) + others:
        if commit != running and _is_ancestor(repository, commit, running):
            return commit
    tag = call_git(repository.git_dir, "describe", "--tags", "--abbrev=0", f"{running}^")
    return find_commit(repository.git_dir, tag.text.strip()) if tag.code == 0 else None


def _is_ancestor(repository: Repository, old: str, new: str) -> bool:
    return call_git(repository.git_dir, "merge-base", "--is-ancestor", old, new).code == 0


def _list_commits(repository: Repository, running: str, before: str | None, most: int) -> tuple[str, ...]:
    known = [f"^{before}"] if before else []
    rows = list_lines(repository.git_dir, "rev-list", "--no-merges", f"--max-count={most}", running, *known, "--")
    return tuple(rows)


def _take_before(repository: Repository, onset: datetime | None) -> Range:
    until = [f"--before={int(onset.timestamp())}"] if onset else []
    limit = f"--max-count={COMMITS_WITHOUT_RELEASE}"
    rows = list_lines(repository.git_dir, "rev-list", "--no-merges", limit, *until, repository.head, "--")
    when = "before the onset" if onset else "up to the head"
    return Range(None, None, None, tuple(rows), f"the last {len(rows)} {when}, as no release names a commit or a tag")
