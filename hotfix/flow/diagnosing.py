"""The work of ``hotfix analyze``: options in, an analysis and the folder that holds it out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hotfix.core.errors import HotfixError
from hotfix.core.facts import Analysis
from hotfix.flow.contract import DiagnoseOptions, Listeners, Outcome
from hotfix.flow.effort import Stopwatch, keep_events
from hotfix.flow.engines import open_engine_for
from hotfix.learn.recording import record_diagnosis
from hotfix.pipeline import AnalysisRequest, Prepared, analyze, glance
from hotfix.report.files import write_incident
from hotfix.report.incidentfolders import INCIDENTS


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What a diagnosis found and where it lies."""

    analysis: Analysis
    written: tuple[Path, ...]  # none without an incident, unless a folder was named

    @property
    def folder(self) -> Path | None:
        """The folder of the incident."""
        return self.written[0].parent if self.written else None

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        from hotfix.flow.outcomes import say_diagnosis

        return say_diagnosis(self.analysis, self.folder)


def diagnose_logs(options: DiagnoseOptions, listeners: Listeners) -> Diagnosed:
    """Analyse logs and write the reports, and in the journal that the incident was detected and diagnosed.

    Raises:
        HotfixError: the logs cannot be read, or the folder cannot be written.
    """
    watch = Stopwatch()
    analysis = analyze_logs(options, listeners)
    return Diagnosed(analysis, keep_analysis(analysis, options.out, watch, listeners.tell))


def analyze_logs(
    options: DiagnoseOptions, listeners: Listeners, on_glance: Callable[[Analysis], None] | None = None
) -> Analysis:
    """Return the whole analysis, with the past incidents that are like it; nothing is written.

    Args:
        options: what to diagnose.
        listeners: who is told of the work.
        on_glance: is given what a first look says, as soon as the logs are read; None: nobody waits for it.

    Raises:
        HotfixError: the logs cannot be read, or an option asks for what is not there.
    """
    with open_engine_for(options.model, listeners) as (engine, why_none):
        request = make_request(options)
        request = replace(request, encoder=not options.model.off, engine=engine, why_no_engine=why_none)

        def look(prepared: Prepared) -> None:
            if on_glance is not None:
                on_glance(glance(request, prepared))

        return _compare(analyze(request, listeners.on_read, look), listeners.tell, encoder=request.encoder)


def make_request(options: DiagnoseOptions) -> AnalysisRequest:
    """Return what the pipeline is asked, by code alone: without encoder and model."""
    return AnalysisRequest(
        paths=options.logs,
        window=options.window,
        service=options.service,
        deploys=options.deploys,
        repo=options.repo,
        users=options.users,
        stdin=options.stdin,
        command=options.command,
        encoder=False,
    )


def keep_analysis(
    analysis: Analysis, out: Path | None, watch: Stopwatch, tell: Callable[[str], None]
) -> tuple[Path, ...]:
    """Write the reports where the user says, else for every incident into its own folder; return their paths.

    Raises:
        HotfixError: they cannot be written.
    """
    if out is None and analysis.incident is None:
        return ()
    folder = out or INCIDENTS / (analysis.incident.id if analysis.incident else "")
    written = write_incident(folder, analysis)
    keep_events(folder, record_diagnosis(analysis, watch.stop()), tell)
    return written


def _compare(analysis: Analysis, tell: Callable[[str], None], *, encoder: bool) -> Analysis:
    """Return the analysis with the past incidents that are like it; an index that cannot be read costs only them."""
    if analysis.incident is None or not INCIDENTS.is_dir():
        return analysis
    from hotfix.learn.knowledge.memory import compare_with_past
    from hotfix.learn.knowledge.nearness import measure_nearness
    from hotfix.learn.knowledge.signature import take_signature
    from hotfix.report.jsonreport import to_node

    try:
        signature = take_signature(to_node(analysis))
        if signature is None:
            return analysis
        return replace(analysis, past=compare_with_past(INCIDENTS, signature, measure_nearness if encoder else None))
    except HotfixError as error:
        tell(f"no past incident was looked at: {error}")
        return analysis
