"""A real model of random weights through the whole way: what it says is nonsense, and the report shows none of it."""

import pytest

from hotfix.core.facts import Rung
from hotfix.diagnosis.diagnose import diagnose
from hotfix.model.admission import admit_file
from hotfix.model.assist import assist
from hotfix.model.contract import Assisted, Budget
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.pipeline import AnalysisRequest, prepare
from tests.incidents import json_flag
from tests.model.tiny import write_tiny
from tests.site import Site


@pytest.fixture(scope="module")
def assisted(tmp_path_factory: pytest.TempPathFactory) -> Assisted:
    """The incident of a flag, with the model asked for the words."""
    folder = tmp_path_factory.mktemp("real")
    site = Site(5)
    json_flag(site)
    prepared = prepare(AnalysisRequest((str(site.save(folder)),)))
    assert prepared.case
    engine = LlamaEngine("tiny", admit_file(write_tiny(folder / "tiny.gguf")), Setting())
    try:
        return assist(prepared.case, diagnose(prepared.case), engine, Budget(output_tokens=1_500))
    finally:
        engine.close()


def test_nonsense_is_struck_and_the_words_of_templates_stay(assisted: Assisted) -> None:
    """Every sentence of the model is struck with a reason; the diagnosis is that of rules and templates."""
    assert assisted.use
    assert (assisted.use.accepted_claims, assisted.use.calls) == (0, 1)
    assert len(assisted.use.struck) >= 1
    assert all(one.reason for one in assisted.use.struck)
    diagnosis = assisted.finding.diagnosis
    assert (diagnosis.rung, diagnosis.service, diagnosis.category) == (Rung.TEMPLATES, "checkout", "feature_flag")
    assert diagnosis.statement.startswith("checkout: ")
    assert [one.stage for one in assisted.skipped] == ["model: statement"]


def test_what_the_model_took_is_counted(assisted: Assisted) -> None:
    """Name, hash, tokens and seconds are those of the real run."""
    use = assisted.use
    assert use
    assert (use.name, len(use.sha256 or "")) == ("tiny", 64)
    assert use.prompt_tokens > 500
    assert use.output_tokens > 0
    assert 0 < use.first_token_s <= use.seconds
