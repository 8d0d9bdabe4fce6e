"""The whole way from files to a diagnosis, on logs with known truth."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from hotfix.core.facts import Analysis, Severity, Verdict
from hotfix.pipeline import AnalysisRequest, analyze
from tests.incidents import INCIDENTS, QUIET, Truth
from tests.site import Site

_ALL = INCIDENTS | QUIET


@cache
def _analyze(name: str) -> tuple[Truth, Analysis, Path]:
    site = Site(seed=1)
    truth = _ALL[name](site)
    folder = site.save(Path(mkdtemp()))
    return truth, analyze(AnalysisRequest((str(folder),))), folder


@pytest.mark.parametrize("name", _ALL)
def test_verdict_is_right(name: str) -> None:
    """The verdict is that of the truth: incident, recovered, no incident, inconclusive."""
    truth, analysis, _ = _analyze(name)
    assert analysis.diagnosis.verdict is Verdict(truth.verdict), analysis.diagnosis.statement


@pytest.mark.parametrize("name", INCIDENTS)
def test_service_and_family_are_right(name: str) -> None:
    """The service and the cause family at rank 1 are those of the truth."""
    truth, analysis, _ = _analyze(name)
    found = analysis.diagnosis
    assert (found.service, found.category) == (truth.service, truth.category), found.statement


@pytest.mark.parametrize("name", INCIDENTS)
def test_onset_is_exact(name: str) -> None:
    """The incident starts within two seconds of the truth."""
    truth, analysis, _ = _analyze(name)
    assert analysis.incident is not None
    assert truth.onset is not None
    assert abs(analysis.incident.started_at - truth.onset) <= timedelta(seconds=2)


@pytest.mark.parametrize("name", [name for name, make in INCIDENTS.items() if make(Site(seed=1)).deploy])
def test_change_is_named(name: str) -> None:
    """The statement names the change that brought the incident."""
    truth, analysis, _ = _analyze(name)
    assert str(truth.deploy) in analysis.diagnosis.statement


def test_frame_is_named() -> None:
    """The statement names file and line of the failing code."""
    truth, analysis, _ = _analyze("null_after_release")
    assert str(truth.frame) in analysis.diagnosis.statement


@pytest.mark.parametrize("name", _ALL)
def test_every_place_opens_to_the_text_it_quotes(name: str) -> None:
    """The excerpt of every evidence is the text that stands at its place, and nothing else."""
    _, analysis, _ = _analyze(name)
    for one in analysis.evidence:
        lines = Path(one.place.file).read_text("utf-8").split("\n")
        assert "\n".join(lines[one.place.line - 1 : one.place.end_line]) == one.excerpt


@pytest.mark.parametrize("name", _ALL)
def test_every_citation_exists(name: str) -> None:
    """Everything that the diagnosis cites is evidence of the report."""
    _, analysis, _ = _analyze(name)
    found = analysis.diagnosis
    cited = [*found.evidence, *(ident for why in found.five_whys for ident in why.evidence)]
    cited += [ident for one in found.hypotheses for ident in (*one.supports, *one.against)]
    assert set(cited) <= {one.id for one in analysis.evidence}


@pytest.mark.parametrize("name", _ALL)
def test_counts_add_up(name: str) -> None:
    """Templates, levels and files each count every record, and every line of the files belongs to a record."""
    _, analysis, folder = _analyze(name)
    total = analysis.records_total
    assert {
        sum(one.count for one in analysis.templates),
        sum(analysis.records_by_level.values()),
        sum(file.records for file in analysis.files),
    } == {total}
    lines = sum(path.read_bytes().count(b"\n") for path in folder.rglob("*") if path.is_file())
    assert sum(file.lines for file in analysis.files) == lines


@pytest.mark.parametrize("name", _ALL)
def test_same_logs_give_the_same_report(name: str) -> None:
    """A second run over the same logs finds the same, word for word."""
    from dataclasses import replace

    _, first, folder = _analyze(name)
    second = analyze(AnalysisRequest((str(folder),)))
    assert replace(second, timings={}) == replace(first, timings={})


# --- silence -----------------------------------------------------------------------------------------------------
_STOP = 660.0


def _write_store(site: Site, last_words: str = "") -> None:
    """A healthy shop, one odd warning, and a store whose log ends nine minutes before that of the shop."""
    for moment in site.ticks(4):
        site.python("shop", moment, "INFO", f"GET /orders served in {site.rng.randrange(9, 190)} ms")
    site.python("shop", _STOP + 45, "WARNING", "cache entry for /orders was rebuilt")
    for moment in site.ticks(3, 0, _STOP):
        site.java("store", moment, "INFO", f"Read {site.rng.randrange(1, 90)} rows of orders")
    if last_words:
        site.java("store", _STOP, "INFO", last_words)


def test_log_that_ends_early_is_a_note_and_no_incident(tmp_path: Path) -> None:
    """A log that was collected earlier than the others is told as that."""
    site = Site(seed=2)
    _write_store(site)
    analysis = analyze(AnalysisRequest((str(site.save(tmp_path)),)))
    assert (analysis.diagnosis.verdict, analysis.incident, analysis.changes) == (Verdict.NO_INCIDENT, None, ())
    (note,) = [note for note in analysis.notes if "ends at" in note]
    assert note.startswith("the log of store ends at 2026-03-04T09:10:59.")
    assert note.endswith("Z, 9 min before the others")


def test_service_that_says_that_it_stops_is_out(tmp_path: Path) -> None:
    """A service that shuts down and never speaks again is a core outage, and named itself."""
    site = Site(seed=2)
    _write_store(site, "Graceful shutdown commenced: received SIGTERM, shutting down")
    analysis = analyze(AnalysisRequest((str(site.save(tmp_path)),)))
    assert analysis.incident is not None
    assert (analysis.incident.severity, analysis.incident.severity_rule) == (
        Severity.P0,
        "P0: store fell silent (core outage)",
    )
    assert analysis.diagnosis.service == "store"


def test_service_that_only_pauses_is_named_and_no_core_outage(tmp_path: Path) -> None:
    """Where nothing happened but a pause, the severity follows what failed, and no healthy service is blamed."""
    site = Site(seed=2)
    _write_store(site)
    for moment in site.ticks(3, _STOP + 200):
        site.java("store", moment, "INFO", f"Read {site.rng.randrange(1, 90)} rows of orders")
    analysis = analyze(AnalysisRequest((str(site.save(tmp_path)),)))
    assert analysis.incident is not None
    assert (analysis.diagnosis.service, analysis.incident.services) == ("store", ("store",))
    assert analysis.incident.severity is not Severity.P0


def test_service_that_others_miss_is_out(tmp_path: Path) -> None:
    """A service that falls silent while its caller begins to fail is a core outage."""
    site = Site(seed=2)
    _write_store(site)
    for moment in site.ticks(1, _STOP):
        site.python("shop", moment, "ERROR", "call to http://store:8080/rows failed: Read timed out.")
    analysis = analyze(AnalysisRequest((str(site.save(tmp_path)),)))
    assert analysis.incident is not None
    assert analysis.incident.severity_rule == "P0: store fell silent (core outage)"
    assert not [note for note in analysis.notes if "ends at" in note]
