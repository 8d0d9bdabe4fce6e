"""The way of the data, on one screen: sources → records → templates → changes → incident → evidence → diagnosis.

Comes in: what the user named. Goes out: one `Analysis`, the value that every report is made from. Each stage is one
call on frozen values and polars frames; here they only follow each other, and each is timed.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from hotfix import __version__
from hotfix.core.errors import UsageError, did_you_mean
from hotfix.core.facts import (
    Analysis,
    Change,
    Correlation,
    Deploy,
    InputFile,
    Level,
    Novelty,
    Place,
    SkippedStage,
    Template,
)
from hotfix.core.settings import ENCODED_TEXTS_MOST
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.causes import Classify, classify_text
from hotfix.diagnosis.diagnose import Finding, diagnose, judge_quiet
from hotfix.diagnosis.mechanisms import MECHANISMS
from hotfix.ingest.clock import Span
from hotfix.ingest.digest import digest_records
from hotfix.ingest.discovery import SourceFile, Sources, find_file, find_sources
from hotfix.ingest.messages import MessageReader
from hotfix.ingest.reading import Reading, read_records
from hotfix.ingest.window import WindowRequest, choose_window
from hotfix.model.contract import Assisted, Engine
from hotfix.model.families import FamilyReader
from hotfix.model.host import count_processors
from hotfix.model.meaning import Meaning
from hotfix.signal.changes import find_changes, say_strays
from hotfix.signal.correlation import correlate
from hotfix.signal.curves import draw_curves
from hotfix.signal.deploys import DeployRequest, FoundDeploys, find_deploys, open_places
from hotfix.signal.endings import Settled, settle_silences
from hotfix.signal.lookup import Lookup
from hotfix.signal.masks import mask_messages
from hotfix.signal.names import find_shared_names
from hotfix.signal.novelty import judge_novelty
from hotfix.signal.replicas import find_replicas, name_owner, name_replicas
from hotfix.signal.series import Counts, count_records
from hotfix.signal.templates import assign_templates, mine_templates, summarise_templates
from hotfix.signal.timeline import lay_timeline

Progress = Callable[[SourceFile, int], None]
"""Told of every block read: the file and the bytes of text that the block held."""


def _say_nothing(_file: SourceFile, _bytes: int) -> None:
    """Be told of a block and keep it."""


def _do_nothing() -> None:
    """Be told of errors and go on."""


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What the user asked for."""

    paths: tuple[str, ...]
    window: WindowRequest = field(default_factory=WindowRequest)
    service: str | None = None  # look at the records of this service only
    deploys: Path | None = None  # a file that lists changes in the world
    repo: Path | None = None  # a git repository whose tags and commits are changes in the world
    users: int | None = None  # how many users there are
    stdin: BinaryIO | None = None
    without: frozenset[str] = frozenset()  # names of mechanisms that are switched off
    command: str = "hotfix analyze"
    encoder: bool = True  # whether wording that no rule knows is read by the encoder
    engine: Engine | None = None  # a local model that words the diagnosis
    why_no_engine: str = "no local model is set up; the words come from templates"


@dataclass(slots=True)
class Stopwatch:
    """Seconds of wall time that each stage took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Time what happens inside; a stage may come back."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.perf_counter() - start, 3)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that stands before a diagnosis is made."""

    sources: Sources
    reading: Reading
    view: "View"
    settled: Settled
    found: FoundDeploys
    correlations: tuple[Correlation, ...]
    case: Case | None  # None when no record has a time


def analyze(
    request: AnalysisRequest,
    on_progress: Progress = _say_nothing,
    on_prepared: Callable[["Prepared"], None] = lambda _prepared: None,
) -> Analysis:
    """Return everything that the logs say.

    Args:
        request: what the user asked for.
        on_progress: is told of every block read.
        on_prepared: is given what the diagnosis starts from, before it does: time for a `glance`.

    Raises:
        InputError: a path does not exist, the deploys file or the repository cannot be read.
        UsageError: the window holds no record, or no record is of the service.
    """
    watch = Stopwatch()
    with Meaning(most=ENCODED_TEXTS_MOST) as meaning:
        classify = FamilyReader(meaning, sure=0.0).classify if request.encoder else classify_text
        begin = meaning.begin if request.encoder and count_processors() > 1 else _do_nothing
        prepared = prepare(request, on_progress, watch, classify, begin)
        on_prepared(prepared)
        with watch.time("diagnosis"):
            finding = diagnose(prepared.case) if prepared.case else judge_quiet(prepared.view.records)
    assisted = _ask_model(request, prepared.case, finding, watch)
    view, finding = prepared.view, assisted.finding
    with watch.time("diagnosis"):
        novelty = judge_novelty(view.records, view.templates, finding.onset, view.counts, view.lookup.near)
        curves = draw_curves(view.counts, prepared.settled.changes, finding.services)
    analysis = _put_together(request, prepared, finding)
    return replace(
        analysis,
        templates=tuple(replace(one, novelty=novelty[one.id]) for one in analysis.templates),
        timings=watch.seconds,
        series=curves,
        skipped_stages=(*assisted.skipped, *meaning.tell_trouble()),
        model=assisted.use,
    )


def glance(request: AnalysisRequest, prepared: Prepared) -> Analysis:
    """Return what a first look says: by rules alone, without the mechanisms that look into every record.

    It tells no novelty of templates, no curves and no timings.
    """
    if prepared.case is None:
        return _put_together(request, prepared, judge_quiet(prepared.view.records))
    case = replace(prepared.case, without=frozenset(MECHANISMS), classify=classify_text)
    return _put_together(request, prepared, diagnose(case))


def _put_together(request: AnalysisRequest, prepared: Prepared, finding: Finding) -> Analysis:
    view, found = prepared.view, prepared.found
    return Analysis(
        version=__version__,
        command=request.command,
        files=prepared.reading.files,
        skipped=(*prepared.sources.skipped, *prepared.reading.skipped, *found.skipped),
        notes=(*view.notes, *(ending.describe() for ending in prepared.settled.endings), *found.notes),
        records_total=int(view.templates["count"].sum()),
        records_by_level=count_levels(view.digest),
        templates=view.list_templates(),
        changes=prepared.settled.changes,
        deploys=found.deploys,
        correlations=prepared.correlations,
        incident=finding.incident,
        evidence=finding.evidence,
        diagnosis=finding.diagnosis,
        timings={},
    )


def _ask_model(request: AnalysisRequest, case: Case | None, finding: Finding, watch: Stopwatch) -> Assisted:
    """Return the finding as a local model words it, or as it is, with the reason why none was asked."""
    if request.engine is None or case is None:
        reason = request.why_no_engine if request.engine is None else "no record carries a time: nothing to word"
        return Assisted(finding, None, (SkippedStage("model", reason),))
    from hotfix.model.assist import assist

    with watch.time("model"):
        return assist(case, finding, request.engine)


def prepare(
    request: AnalysisRequest,
    on_progress: Progress = _say_nothing,
    watch: Stopwatch | None = None,
    classify: Classify = classify_text,
    on_errors: Callable[[], None] = _do_nothing,
) -> Prepared:
    """Return what a diagnosis starts from; raises as `analyze` does.

    `on_errors` is called when errors are first seen, before it is known whether they tell of an incident.
    """
    watch = watch or Stopwatch()
    with watch.time("find"):
        sources = find_sources(request.paths, request.stdin)
    with watch.time("read"):
        reading = read_records(sources.files, sources.side_files, mask_messages, on_progress)
    with watch.time("templates"):
        view = take_view(request, reading, sources)
    if set(view.digest["level"].unique()) & set(GRAVE):
        on_errors()
    with watch.time("changes"):
        found_changes = find_changes(view.records, view.templates, view.paths, view.counts, view.lookup.near)
        settled = settle_silences(found_changes, view.records, view.templates, view.paths)
    with watch.time("deploys"):
        asked = ask_for_deploys(request, reading, sources, view)
        found = find_deploys(asked)
        correlations = link_deploys(found.deploys, settled.changes, view, reading.opener.open_many)
    with watch.time("diagnosis"):
        case = build_case(request, reading, view, settled, found.deploys, correlations, open_places(asked))
    case = replace(case, classify=classify) if case else None
    return Prepared(sources, reading, view, settled, found, correlations, case)


@dataclass(frozen=True, slots=True)
class View:
    """The records that are looked at: all, or those of a window and a service."""

    records: pl.LazyFrame  # RECORDS with template_id, every service named
    lookup: Lookup  # finds few of them
    digest: pl.DataFrame  # DIGEST of them, every service named
    templates: pl.DataFrame  # TEMPLATES of these records
    counts: Counts | None  # None when no record has a time
    paths: tuple[str, ...]  # shown path of each file_id
    span: Span | None  # first and last time, strays left out; None when no record has a time
    notes: tuple[str, ...]

    def list_templates(self) -> tuple[Template, ...]:
        """Return the templates as facts, most frequent first."""
        rows = self.templates.sort("count", "template_id", descending=[True, False]).rows()
        return tuple(self._to_template(*row) for row in rows)

    def _to_template(  # noqa: PLR0913, PLR0917  # the columns of TEMPLATES, in order
        self,
        ident: str,
        text: str,
        count: int,
        level: str | None,
        services: list[str],
        first: datetime | None,
        last: datetime | None,
        file_id: int,
        line: int,
    ) -> Template:
        place = Place(self.paths[file_id], line, line)
        known = Level(level) if level else None
        return Template(ident, text, count, known, tuple(services), first, last, Novelty.STEADY, place)


def take_view(request: AnalysisRequest, reading: Reading, sources: Sources) -> View:
    """Return the records that the request asks for, with their templates."""
    mined = mine_templates(reading.patterns)
    replicas = find_replicas(reading.files)

    def name(records: pl.LazyFrame) -> pl.LazyFrame:
        return assign_templates(records, mined).with_columns(name_replicas(replicas))

    lookup = Lookup(reading.store, mined, lambda records: _of_service(name(records), request.service, replicas))
    digest = reading.store.digest().with_columns(name_owner(replicas))
    if request.service is not None:
        _check_service(request.service, set(digest["service"]), replicas)
        digest = digest_records(lookup.view(reading.records))
    timeline = lay_timeline(digest)
    notes = [note for note in (say_strays(timeline),) if note]
    window = choose_window(request.window, *timeline.ends()) if timeline else None
    if window:
        lookup = replace(
            lookup, view=lambda found: _of_service(name(found), request.service, replicas).filter(window.holds())
        )
        digest = digest_records(lookup.view(reading.records))
        timeline = lay_timeline(digest)
        notes.append(f"only records {window.describe()} were looked at")
    records = lookup.view(reading.records)
    return View(
        records=records,
        lookup=lookup,
        digest=digest,
        templates=summarise_templates(digest, mined),
        counts=count_records(records, timeline) if timeline else None,
        paths=tuple(file.shown for file in (*sources.files, *sources.side_files)),
        span=Span(*timeline.ends()) if timeline else None,
        notes=tuple(notes),
    )


def _of_service(records: pl.LazyFrame, service: str | None, replicas: Mapping[str, str]) -> pl.LazyFrame:
    if service is None:
        return records
    return records.filter(pl.col("host" if service in replicas else "service") == service)


def _check_service(service: str, known: Collection[str], replicas: Mapping[str, str]) -> None:
    if service not in known and service not in replicas:
        near = did_you_mean(service, known) or f"; found {', '.join(sorted(known)) or 'none'}"
        raise UsageError(f"--service: expected the name of a service that has records, found {service!r}{near}")


def ask_for_deploys(request: AnalysisRequest, reading: Reading, sources: Sources, view: View) -> DeployRequest:
    """Return where changes in the world may be told."""
    return DeployRequest(
        records=view.records,
        digest=view.digest,
        patterns=reading.patterns,
        paths=view.paths,
        open_text=reading.opener.open,
        side_files=sources.side_files,
        deploys_file=find_file(request.deploys) if request.deploys else None,
        repo=request.repo,
        first=view.span.first if view.span else None,
        last=view.span.last if view.span else None,
    )


def link_deploys(
    deploys: tuple[Deploy, ...],
    changes: tuple[Change, ...],
    view: View,
    open_texts: Callable[[Sequence[Place]], Sequence[str]],
) -> tuple[Correlation, ...]:
    """Return how well each deploy fits each change, by time, service and the names that both hold."""
    if view.span is None:
        return ()
    shared = find_shared_names(deploys, changes, view.templates, open_texts)
    return correlate(deploys, changes, view.span.first, view.span.last, shared)


def build_case(  # noqa: PLR0913, PLR0917  # it puts the stages' results together
    request: AnalysisRequest,
    reading: Reading,
    view: View,
    settled: Settled,
    deploys: tuple[Deploy, ...],
    correlations: tuple[Correlation, ...],
    open_text: Callable[[Place], str],
) -> Case | None:
    """Return what the diagnosis starts from, or None when no record has a time."""
    if view.span is None or view.counts is None:
        return None
    return Case(
        records=view.records,
        lookup=view.lookup,
        counts=view.counts,
        templates={one.id: one for one in view.list_templates()},
        changes=settled.changes,
        deploys=deploys,
        correlations=correlations,
        paths=view.paths,
        open_text=open_text,
        open_texts=reading.opener.open_many,
        first=view.span.first,
        last=view.span.last,
        formats=dict(reading.patterns.select("pattern", "format").iter_rows()),
        messages=MessageReader(),
        users=request.users,
        without=request.without,
        assumed=find_assumed_clocks(view, reading.files),
        stopped=settled.stopped,
        ended=frozenset(ending.service for ending in settled.endings),
    )


def find_assumed_clocks(view: View, files: Sequence[InputFile]) -> frozenset[str]:
    """Return the services with records in files whose zone had to be assumed."""
    assumed = {file.path for file in files if "assumed" in file.timezone}
    ids = [file_id for file_id, path in enumerate(view.paths) if path in assumed]
    return frozenset(view.digest.filter(pl.col("file_id").is_in(ids))["service"])


def count_levels(digest: pl.DataFrame) -> dict[str, int]:
    """Return the number of records per level, most severe first; those without one are "unknown"."""
    rows = digest.group_by("level").agg(pl.col("count").sum()).rows()
    counts = {level or "unknown": count for level, count in rows}
    return {name: counts[name] for name in (*reversed(Level), "unknown") if name in counts}
