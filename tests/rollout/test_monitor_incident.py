from dataclasses import replace

import pytest

from hotfix.core.facts import Analysis
from hotfix.pipeline import AnalysisRequest, analyze
from hotfix.rollout.monitor.incident import IncidentKinds, read_incident
from tests.rollout.writtenlogs import BEGIN_S, WrittenLog, say_request

_NEW, _OLD = "order <*> failed: stock is not known", "cannot send mail to the printer"


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """An incident whose error came up at once, beside one that was always there."""
    log = WrittenLog(tmp_path_factory.mktemp("logs") / "shop.log")
    for second in range(900):
        at_s, wrong = BEGIN_S + second, second >= 600
        log.write(*[say_request(at_s + part / 10) for part in range(4)])
        if second % 30 == 0:
            log.write(say_request(at_s + 0.5, 500, _OLD))
        if wrong:
            log.write(
                *[say_request(at_s + part / 10, 500, f"order {second} failed: stock is not known") for part in (6, 7)]
            )
    found = analyze(AnalysisRequest((str(log.path),), encoder=False))
    assert found.incident is not None
    return found


def test_bug_is_what_the_diagnosis_cites(analysis: Analysis) -> None:
    """It is known, like what was there before; the time before the incident is told."""
    kinds = read_incident(analysis)
    assert kinds.bug.names == (_NEW,)
    assert set(kinds.known.names) == {_NEW, _OLD}
    assert kinds.began_s == pytest.approx(BEGIN_S + 600.6)


def test_bug_without_evidence_is_what_began_with_the_incident(analysis: Analysis) -> None:
    """Where nothing that is cited shows an error, new messages of the service that broke are taken."""
    assert read_incident(replace(analysis, evidence=())).bug.names == (_NEW,)


def test_without_an_analysis_nothing_is_known() -> None:
    """A rollout that follows no incident has no bug to look for."""
    assert read_incident(None) == IncidentKinds()


def test_evidence_may_hold_anything(analysis: Analysis) -> None:
    """Excerpts are lines of logs: hostile ones break nothing, and name nothing that acts."""
    odd = [replace(one, excerpt=f"{one.excerpt}\n\x1b[2J\0\ud800 ERROR \u202e{{") for one in analysis.evidence]
    names = (kinds := read_incident(replace(analysis, evidence=tuple(odd)))).bug.names + kinds.known.names
    assert names
    assert all(name.isprintable() for name in names)
