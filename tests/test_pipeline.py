"""The whole way from files to a diagnosis, on logs with known truth."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from hotfix.core.facts import Analysis, Verdict
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
