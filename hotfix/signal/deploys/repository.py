"""Reads tags and commits of a git repository, bare or not: a folder comes in, sightings go out. Nothing is written.

The place of a commit is ``git:<folder>@<commit id>``, of a tag ``git:<folder>@refs/tags/<name>``; `open_git_place`
prints their lines again at any later time. Neither says who wrote it.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from hotfix.core.errors import InputError
from hotfix.core.facts import DeployKind, Place
from hotfix.core.settings import COMMITS_MOST, DEPLOY_AFTER_S, DEPLOY_MARGIN_S, GIT_STAT_LINES, GIT_TIMEOUT_S
from hotfix.signal.deploys.contract import Origin, Sighted, Sighting
from hotfix.signal.deploys.fields import clean_summary
from hotfix.signal.deploys.services import find_service

_PLACE = re.compile(
    r"git:(?P<folder>.+)@(?P<object>[0-9a-f]{40}(?:[0-9a-f]{24})?|refs/tags/[^\s~^:?*\[\\]+)", re.DOTALL
)
_VERSION_TAG = re.compile(r"(?i)^(?:.*[/@-])?(?:v|release[-/]?|deploy[-/]?)?\d+(?:[.-]\w+)*$")
_RECORD, _FIELD = "\x1e", "\x1f"
_SHOW = "commit %H%ndate   %cI%n%n%s"
_SHOW_FLAGS = (
    "--no-color",
    "--no-decorate",
    "--no-notes",
    "--diff-merges=first-parent",
    "--no-ext-diff",
    "--no-textconv",
)
_SHOW_TAG = "tag    %(refname:short)%0adate   %(creatordate:iso-strict)%0acommit %(objectname)%0a%0a%(contents:subject)"
_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "log.showSignature=false",
    "gc.auto=0",
    "core.quotePath=false",
    "i18n.logOutputEncoding=UTF-8",
)


def read_repository(folder: Path, first: datetime | None, last: datetime | None, services: Sequence[str]) -> Sighted:
    """Return the tags and commits within the time of the logs and its margins, in order of time.

    Args:
        folder: a work tree, a folder inside one, or a bare repository.
        first: time of the first record; None: no limit.
        last: time of the last record; None: no limit.
        services: names of the logs; a commit whose files lie below one of them, or a repository named so, is about it.

    Raises:
        InputError: the folder is no repository, or git is missing or fails.
    """
    _run(folder, "rev-parse", "--git-dir")
    begin = first - timedelta(seconds=DEPLOY_MARGIN_S) if first else None
    end = last + timedelta(seconds=DEPLOY_AFTER_S) if last else None
    owner = find_service(folder.resolve().name.removesuffix(".git"), services)
    tags = [one for one in _read_tags(folder, owner) if _is_between(one.at, begin, end)]
    commits = list(_read_commits(folder, begin, end, _Naming(services, owner)))
    notes = []
    if len(commits) > COMMITS_MOST:
        commits = commits[:COMMITS_MOST]
        notes.append(
            f"{folder}: more than {COMMITS_MOST} commits in the time of the logs, only the latest are looked at"
        )
    return Sighted(tuple(sorted([*tags, *commits], key=lambda one: one.at)), (), tuple(notes))


def is_git_place(place: Place) -> bool:
    """Tell whether a place lies in a repository."""
    return _PLACE.fullmatch(place.file) is not None


def open_git_place(place: Place) -> str:
    """Return the verbatim lines of a commit or tag that a place names.

    Raises:
        InputError: the repository or the object is gone.
    """
    found = _PLACE.fullmatch(place.file)
    if found is None:
        raise InputError(f"expected git:FOLDER@COMMIT, found {place.file!r}")
    folder, name = Path(found["folder"]), found["object"]
    text = _show_tag(folder, name) if name.startswith("refs/tags/") else _show_commit(folder, name)
    return "\n".join(text.split("\n")[place.line - 1 : place.end_line])


class _Naming:
    """Tells which service a commit is about: the only one that names a folder of its files, else the repository's."""

    def __init__(self, services: Sequence[str], owner: str | None) -> None:
        self._services, self._owner = services, owner

    def name(self, files: Sequence[str]) -> str | None:
        folders = {part for file in files for part in PurePosixPath(file).parts[:-1]}
        named = {service for folder in folders if (service := find_service(folder, self._services))}
        return named.pop() if len(named) == 1 else self._owner


def _read_tags(folder: Path, owner: str | None) -> Iterator[Sighting]:
    form = _FIELD.join(("%(refname)", "%(creatordate:unix)", "%(contents:subject)")).replace(_FIELD, "%1f")
    for row in _run(folder, "for-each-ref", "--sort=creatordate", f"--format={form}", "refs/tags").splitlines():
        name, seconds, subject = row.split(_FIELD, 2)
        short = name.removeprefix("refs/tags/")
        if not seconds.isdigit() or not _VERSION_TAG.match(short):
            continue
        yield Sighting(
            at=datetime.fromtimestamp(int(seconds), UTC),
            kind=DeployKind.DEPLOYMENT,
            service=owner,
            version=short,
            summary=clean_summary(f"tag {short}: {subject}"),
            before=None,
            after=None,
            source=Place(f"git:{folder}@{name}", 1, 5),
            origin=Origin.GIT,
        )


def _read_commits(folder: Path, begin: datetime | None, end: datetime | None, naming: _Naming) -> Iterator[Sighting]:
    """Yield the commits of the checked-out branch, newest first, one more than COMMITS_MOST at most."""
    heads = ["HEAD"] if _has_head(folder) else ["--branches"]
    limits = [f"--since={int(begin.timestamp())}"] if begin else []
    limits += [f"--until={int(end.timestamp())}"] if end else []
    form = "--format=%x1e%H%x1f%ct%x1f%s%x1f"
    text = _run(
        folder, "log", *_SHOW_FLAGS, "--name-only", f"--max-count={COMMITS_MOST + 1}", form, *limits, *heads, "--"
    )
    for record in text.split(_RECORD)[1:]:
        sha, seconds, subject, names = record.split(_FIELD, 3)
        files = [name for name in names.splitlines() if name]
        yield Sighting(
            at=datetime.fromtimestamp(int(seconds), UTC),
            kind=DeployKind.COMMIT,
            service=naming.name(files),
            version=sha[:12],
            summary=clean_summary(f"commit {sha[:12]}: {subject}"),
            before=None,
            after=None,
            source=Place(f"git:{folder}@{sha}", 1, 4 + min(len(files) + 2, GIT_STAT_LINES)),
            origin=Origin.GIT,
        )


def _has_head(folder: Path) -> bool:
    return _call(folder, "rev-parse", "--verify", "--quiet", "HEAD").returncode == 0


def _is_between(time: datetime, begin: datetime | None, end: datetime | None) -> bool:
    return (begin is None or time >= begin) and (end is None or time <= end)


def _show_commit(folder: Path, sha: str) -> str:
    return _run(folder, "log", *_SHOW_FLAGS, "--max-count=1", "--stat=100", f"--format={_SHOW}", sha, "--")


def _show_tag(folder: Path, name: str) -> str:
    return _run(folder, "for-each-ref", f"--format={_SHOW_TAG}", name)


def _run(folder: Path, *arguments: str) -> str:
    done = _call(folder, *arguments)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").partition("\n")[0]
        if "dubious ownership" in said:
            said = f"{said}; if you trust it: git config --global --add safe.directory {folder.resolve()}"
        raise InputError(f"--repo: expected a git repository at {folder}: {said or 'git failed'}")
    return done.stdout.decode(errors="replace")


def _call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder: read-only, no pager, no hooks, no prompt, nothing fetched."""
    if not folder.is_dir():
        raise InputError(f"--repo: expected the folder of a git repository, found none at {folder}")
    safe = [part for setting in _SAFE for part in ("-c", setting)]
    calm = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C", "TZ": "UTC"}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.run(
            ["git", "--no-pager", *safe, "-C", str(folder), *arguments],
            capture_output=True,
            check=False,
            timeout=GIT_TIMEOUT_S,
            env=inherited | calm,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise InputError("--repo: git is not installed; install it or leave --repo out") from error
    except subprocess.TimeoutExpired as error:
        raise InputError(f"--repo: git did not answer within {GIT_TIMEOUT_S:.0f} s at {folder}") from error
