"""Runs the fixers at the places that evidence names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hotfix.core.facts import Analysis
from hotfix.repair.checkout import list_files, read_file
from hotfix.repair.contract import Edit, Repository, SourceFrame
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.limits import FRAMES_FIXED, MIGRATIONS_READ
from hotfix.repair.locate import Located
from hotfix.repair.locate.renames import find_renames
from hotfix.repair.propose.candidates import Draft, NotTried
from hotfix.repair.source import Source


def propose_fixes(repository: Repository, analysis: Analysis, located: Located) -> Iterator[Draft | NotTried]:
    """Yield what the fixers find at the places where it failed, and at their callers for calls and open files."""
    places = [frame for frame in located.frames if frame.line and _is_code(frame.path)]
    if not places:
        yield NotTried("No line of the repository is named by a stack trace or a message: no fixer can be tried.")
        return
    found, before = False, _read_earlier(repository, located)
    renames = find_renames(_read_migrations(repository, analysis))
    for frame in places[:FRAMES_FIXED]:
        source = located.sources.get(frame.path)
        if source is None or source.language is None:
            yield NotTried(f"{frame.path}: fixers read Python, Java, JavaScript, TypeScript and Go.")
            continue
        trouble = _describe(located, analysis, frame, source, before)
        for draft in _fix(replace(trouble, renames=renames)):
            found = True
            yield draft
    if not found:
        yield NotTried(f"None of the {len(FIXERS)} fixers knows this failure.")


def _is_code(path: str) -> bool:
    """Tell whether fixers may change a file: code, also such that reads settings and lies in their folder."""
    kind = tell_kind(path)
    return kind is FileKind.CODE or (kind is FileKind.CONFIG and Source(path, b"").language is not None)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The files that the suspect commit changed and nothing since, as they were before it."""

    commit: str
    files: Mapping[str, Source]


def _read_earlier(repository: Repository, located: Located) -> _Earlier:
    fresh = [one for one in located.suspects if one.commit in located.among.commits]
    for suspect in fresh[:1]:
        paths = {frame.path for frame in located.frames[:FRAMES_FIXED]}
        found = {path: read_file(repository, path, f"{suspect.commit}^") for path in paths if path in located.sources}
        kept = {
            path: Source(path, content)
            for path, content in found.items()
            if content is not None and read_file(repository, path, suspect.commit) == located.sources[path].content
        }
        return _Earlier(suspect.commit, kept)
    return _Earlier("", {})


def _read_migrations(repository: Repository, analysis: Analysis) -> Iterator[str]:
    """Yield the migrations of the repository, and what the logs say of those that were run."""
    paths = [path for path in list_files(repository) if tell_kind(path) is FileKind.MIGRATION]
    for path in paths[-MIGRATIONS_READ:]:
        yield (read_file(repository, path) or b"").decode(errors="replace")
    yield from (one.summary for one in analysis.deploys)
    yield from (one.excerpt for one in analysis.evidence)


def _describe(located: Located, analysis: Analysis, frame: SourceFrame, source: Source, earlier: _Earlier) -> Trouble:
    name = (frame.exception or "").replace("::", ".").rpartition(".")[2]
    innermost = frame.depth == 0
    before = earlier.files.get(frame.path)
    return Trouble(
        source=source,
        line=frame.line,
        exception=name if innermost else "",
        message=frame.message if innermost and frame.exception is not None else "",
        category=analysis.diagnosis.category or "",
        sources=located.sources,
        passing="" if innermost else name,
        passed="" if innermost else frame.message,
        earlier=before,
        commit=earlier.commit if before is not None else "",
    )


def _fix(trouble: Trouble) -> Iterator[Draft]:
    for name, fixer in FIXERS.items():
        for fix in fixer(trouble):
            yield Draft(
                rung=f"fixer:{name}",
                edits=(Edit(trouble.source.path, trouble.source.content, fix.source.content),),
                rationale=fix.rationale,
                measures=fix.measures,
                mitigation=fix.mitigation,
                imports=fix.imports,
                guess=fix.guess,
            )
