"""Runs the fixers at the places that evidence names."""

from collections.abc import Iterator

from hotfix.core.facts import Analysis
from hotfix.repair.contract import Edit, SourceFrame
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.limits import FRAMES_FIXED
from hotfix.repair.locate import Located
from hotfix.repair.propose.candidates import Draft, NotTried
from hotfix.repair.source import Source


def propose_fixes(analysis: Analysis, located: Located) -> Iterator[Draft | NotTried]:
    """Yield what the fixers find at the places where it failed, and at their callers for calls and open files."""
    places = [frame for frame in located.frames if frame.line and tell_kind(frame.path) is FileKind.CODE]
    if not places:
        yield NotTried("No line of the repository is named by a stack trace or a message: no fixer can be tried.")
        return
    found = False
    for frame in places[:FRAMES_FIXED]:
        source = located.sources.get(frame.path)
        if source is None or source.language is None:
            yield NotTried(f"{frame.path}: fixers read Python, Java, JavaScript, TypeScript and Go.")
            continue
        for draft in _fix(analysis, located, frame, source):
            found = True
            yield draft
    if not found:
        yield NotTried(f"No fixer ({', '.join(FIXERS)}) knows this failure.")


def _fix(analysis: Analysis, located: Located, frame: SourceFrame, source: Source) -> Iterator[Draft]:
    innermost = frame.depth == 0 and frame.exception is not None
    trouble = Trouble(
        source=source,
        line=frame.line,
        exception=(frame.exception or "").replace("::", ".").rpartition(".")[2] if innermost else "",
        message=frame.message if innermost else "",
        category=analysis.diagnosis.category or "",
        sources=located.sources,
    )
    for name, fixer in FIXERS.items():
        for fix in fixer(trouble):
            yield Draft(
                rung=f"fixer:{name}",
                edits=(Edit(source.path, source.content, fix.source.content),),
                rationale=fix.rationale,
                measures=fix.measures,
                mitigation=fix.mitigation,
                imports=fix.imports,
            )
