"""Locates an incident in a repository: the analysis comes in, places and suspect commits go out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis, Evidence, Novelty
from hotfix.repair.checkout import list_files
from hotfix.repair.contract import Repository, SourceFrame, SuspectCommit
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.git import call_git
from hotfix.repair.limits import MESSAGES_MOST, SOURCE_BYTES_MOST, SOURCES_MOST
from hotfix.repair.locate.frames import Tree, find_frames
from hotfix.repair.locate.lines import LineMap
from hotfix.repair.locate.messages import find_writers, list_literals
from hotfix.repair.locate.ranges import Range, find_range
from hotfix.repair.locate.suspects import rank_suspects
from hotfix.repair.source import LANGUAGES, Source, find_function, name_function, span_lines


@dataclass(frozen=True, slots=True)
class Located:
    """Where an incident lies in a repository."""

    frames: tuple[SourceFrame, ...]  # at the head
    suspects: tuple[SuspectCommit, ...]
    among: Range
    sources: dict[str, Source]  # at the head, by path
    notes: tuple[str, ...]


def locate(repository: Repository, analysis: Analysis) -> Located:
    """Return the places that evidence names at the head, and the suspect commits, best first.

    Raises:
        InputError: git fails.
    """
    among = find_range(repository, analysis)
    ran = among.running or repository.head
    tree = _read_tree(repository, ran)
    evidence = order_evidence(analysis)
    traced = find_frames(evidence, tree)
    written = _find_writers(evidence, analysis, tree)
    frames = (*traced, *(one for one in written if (one.path, one.line) not in {(f.path, f.line) for f in traced}))
    suspects = rank_suspects(repository, analysis, among, frames)
    if ran == repository.head:
        return Located(frames, suspects, among, tree.sources, ())
    return _move_to_head(repository, ran, Located(frames, suspects, among, {}, ()))


def order_evidence(analysis: Analysis) -> tuple[Evidence, ...]:
    """Return the evidence, that of the diagnosis and of the service that broke first."""
    cited = {ident: place for place, ident in enumerate(analysis.diagnosis.evidence)}
    culprit = analysis.diagnosis.service
    return tuple(sorted(analysis.evidence, key=lambda one: (one.service != culprit, cited.get(one.id, len(cited)))))


def _read_tree(repository: Repository, revision: str) -> Tree:
    """Read the source files of a revision in one call of git; too long ones are left out."""
    paths = list_files(repository, revision)
    code = [path for path in paths if any(path.endswith(end) for end in LANGUAGES)][:SOURCES_MOST]
    asked = "\n".join(f"{revision}:{path}" for path in code if "\n" not in path)
    out = call_git(repository.git_dir, "cat-file", "--batch", stdin=asked.encode(errors="surrogateescape")).out
    return Tree(paths, dict(_split_batch(out, code)))


def _split_batch(out: bytes, paths: Sequence[str]) -> Iterable[tuple[str, Source]]:
    at = 0
    for path in paths:
        head_end = out.index(b"\n", at)
        words = out[at:head_end].rsplit(b" ", 2)
        if words[-1] == b"missing":
            raise InputError(f"--repo: expected what {path} holds, found that it is not there; see git fsck")
        size = int(words[-1])
        content = out[head_end + 1 : head_end + 1 + size]
        at = head_end + size + 2
        if size <= SOURCE_BYTES_MOST:
            yield path, Source(path, content)


def _find_writers(evidence: Sequence[Evidence], analysis: Analysis, tree: Tree) -> tuple[SourceFrame, ...]:
    """Return the places that write the messages of the evidence and the messages that are new."""
    culprit = analysis.diagnosis.service
    messages = [(one.id, one.excerpt) for one in evidence if one.service == culprit]
    messages += [
        (template.id, template.text)
        for template in analysis.templates
        if template.novelty is Novelty.NEW and culprit in template.services
    ]
    code = [source for source in tree.sources.values() if tell_kind(source.path) is FileKind.CODE]
    literals = [literal for source in code for literal in list_literals(source)]
    found: dict[tuple[str, int], SourceFrame] = {}
    for ident, message in messages[:MESSAGES_MOST]:
        for literal in find_writers(message, literals):
            source = tree.sources[literal.path]
            node = find_function(source, literal.line)
            first, last = span_lines(node) if node else (1, len(source.lines))
            frame = SourceFrame(
                evidence=ident,
                path=literal.path,
                line=literal.line,
                function=name_function(node) if node else "",
                first_line=first,
                last_line=last,
                exception=None,
                message=" … ".join(literal.pieces),
                depth=1,
            )
            found.setdefault((frame.path, frame.line), frame)
    return tuple(found.values())


def _move_to_head(repository: Repository, ran: str, located: Located) -> Located:
    """Return what was located with lines at the head; places that are gone there keep no line."""
    lines, tree = LineMap(repository, ran), _read_tree(repository, repository.head)
    frames, gone = [], []
    for frame in located.frames:
        source = tree.sources.get(frame.path)
        line = lines.to_head(frame.path, frame.line) if source else 0
        node = find_function(source, line) if source and line else None
        if source is None or (frame.line and not line):
            gone.append(f"{frame.path}:{frame.line} of the release that ran is no longer there at the head.")
        else:
            first, last = span_lines(node) if node else (1, len(source.lines))
            name = name_function(node) if node else frame.function
            frames.append(replace(frame, line=line, function=name or frame.function, first_line=first, last_line=last))
    suspects = tuple(
        replace(one, line=lines.to_head(one.path, one.line) or None) if one.path and one.line else one
        for one in located.suspects
    )
    return Located(tuple(frames), suspects, located.among, tree.sources, tuple(dict.fromkeys(gone)))
