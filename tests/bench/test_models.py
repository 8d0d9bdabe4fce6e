"""``hotfix bench --models``: what each model did on the same incidents, beside the run without one."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from hotfix.bench.models import add_up_model
from hotfix.bench.scoring import Score
from hotfix.cli.benchtable import print_models
from hotfix.cli.program import run
from hotfix.core.facts import ModelUse, Rung, StruckClaim
from tests.model.tiny import write_tiny

_SAMPLES = Path(__file__).parents[2] / "sample_logs"


def _score(name: str, rung: Rung, tokens: int) -> Score:
    struck = (StruckClaim("x [E9].", "E9 is the id of no fact"),)
    return Score(
        name=name, is_control=False, verdict_true="incident", verdict="incident", service_true="shop",
        category_true="disk_full", service="shop", category="disk_full", service_rank=1, cause_rank=1,
        onset_error_s=0.0, clues_named=("a",), clues_missed=("b",), statement="", stages={}, seconds=9.0,
        peak_bytes=300, rung=rung, model=ModelUse("m", None, 2, tokens, 400, 100, 3.0, 20.0, 2, struck),
        model_peak_bytes=5_000,
    )  # fmt: skip


def test_totals_of_a_model_count_rungs_claims_and_cost() -> None:
    """Rungs are counted, claims added up, tokens and seconds are the median, memory is the peak."""
    scores = [
        _score("a", Rung.MODEL_VERIFIED, 1_000),
        _score("b", Rung.MODEL_STRUCK, 1_400),
        _score("c", Rung.TEMPLATES, 9_000),
        replace(_score("d", Rung.EVIDENCE_TABLE, 0), is_control=True, model=None, clues_named=(), clues_missed=()),
    ]
    totals = add_up_model("m", scores)
    assert totals.rungs == {
        Rung.MODEL_VERIFIED: 1, Rung.MODEL_STRUCK: 1, Rung.TEMPLATES: 1, Rung.EVIDENCE_TABLE: 0
    }  # fmt: skip
    assert (totals.asked, totals.accepted_claims, totals.struck_claims) == (3, 6, 3)
    assert (totals.prompt_tokens, totals.reused_tokens, totals.output_tokens) == (1_400, 400, 100)
    assert (totals.first_token_s, totals.model_s, totals.total_s) == (3.0, 20.0, 9.0)
    assert (totals.peak_bytes, totals.model_peak_bytes) == (300, 5_000)


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty catalogue of models."""
    monkeypatch.setenv("HOTFIX_MODELS", str(tmp_path / "models"))
    return tmp_path


def test_model_stands_beside_none_on_a_real_incident(catalogue: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A real model of random weights changes no diagnosis; what it cost is measured in a process of its own."""
    folder = catalogue / "known"
    folder.mkdir()
    (folder / "pool").symlink_to(_SAMPLES / "pool-shrunk-by-config")
    assert run(["model", "add", str(write_tiny(catalogue / "tiny.gguf"))]) == 0
    capfd.readouterr()
    assert run(["bench", str(folder), "--models", "all", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    (model,) = told["models"]
    (plain,), (worded,) = told["incidents"], model["scores"]
    assert (model["name"], model["cause_at_1"], model["asked"]) == ("tiny", 1, 1)
    assert (plain["model"], worded["statement"], worded["rung"]) == (None, plain["statement"], "templates")
    assert model["model_peak_bytes"] > 10_000_000
    assert worded["model"]["seconds"] > 0


def test_unknown_model_and_empty_catalogue_are_told(catalogue: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A name that is no model is refused before anything runs, as is `all` of none."""
    assert run(["bench", str(_SAMPLES), "--models", "qwen"]) == 2
    assert "expected the name of a model" in capfd.readouterr().err
    assert run(["bench", str(catalogue), "--models", "all"]) == 2
    assert "hotfix model add FILE" in capfd.readouterr().err


def test_table_has_a_row_for_each() -> None:
    """The run without a model comes first; cells of what no model did stay empty."""
    out = io.StringIO()
    with_model = [_score("a", Rung.MODEL_STRUCK, 1_000)]
    without = [replace(with_model[0], model=None, model_peak_bytes=0, rung=Rung.TEMPLATES)]
    print_models(Console(file=out, width=200), [add_up_model("none", without), add_up_model("m", with_model)])
    rows = [line.split() for line in out.getvalue().splitlines()[-2:]]
    assert rows == [
        ["none", "1/1", "1/1", "1/2", "0", "0", "1", "9.0", "0"],
        ["m", "1/1", "1/1", "1/2", "0", "1", "0", "2", "1", "1,000", "400", "100", "3.0", "20.0", "9.0", "0", "0"],
    ]
