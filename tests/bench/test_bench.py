"""``hotfix bench``: truths are read strictly, scores say what is right, runs are compared, mechanisms switched off."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hotfix.bench.naive import Answer
from hotfix.bench.results import Outcome, compare, read_outcomes, take_outcomes, to_json
from hotfix.bench.scoring import Score, add_up, add_up_naive
from hotfix.bench.truth import find_incidents, read_incident
from hotfix.cli.benchtable import print_scores
from hotfix.cli.program import run
from hotfix.core.errors import InputError

_SAMPLES = Path(__file__).parents[2] / "sample_logs"
_BROKEN, _QUIET = "pool-shrunk-by-config", "healthy-deploy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one recorded incident and one control."""
    for name in (_BROKEN, _QUIET):
        (tmp_path / name).symlink_to(_SAMPLES / name)
    return tmp_path


def _write(folder: Path, text: str) -> Path:
    (folder / "logs").mkdir(exist_ok=True)
    path = folder / "truth.toml"
    path.write_text(text)
    return path


_TRUTH = 'verdict = "incident"\nservice = "shop"\ncategory = "disk_full"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("verdict = 3", "verdict: expected a str, found 3"),
        ('verdict = "outage"', "verdict: expected one of incident, no_incident"),
        ('verdict = "incident"\nservice = "shop"\ncategroy = "disk_full"', "did you mean 'categroy'?"),
        (_TRUTH.replace("disk_full", "disk_ful"), "did you mean 'disk_full'?"),
        (_TRUTH + "onset = 2026-01-15T14:02:11", "onset: expected an offset"),
        (_TRUTH + "clues = [3]", "clues: expected words, found 3"),
        ("verdict =", "expected TOML"),
    ],
)
def test_truth_that_is_wrong_is_told_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    """Each mistake in a truth.toml is named with file, key and what was expected."""
    with pytest.raises(InputError, match=r"truth\.toml: ") as error:
        read_incident(_write(tmp_path, text))
    assert said in str(error.value)


def test_onset_and_clues_are_optional(tmp_path: Path) -> None:
    """Service and family alone make a known incident."""
    known = read_incident(_write(tmp_path, _TRUTH))
    assert (known.onset, known.clues, known.is_control) == (None, (), False)


def test_folder_without_truth_is_told(tmp_path: Path) -> None:
    """A folder in which nothing is known is an error, not an empty table."""
    with pytest.raises(InputError, match="found none"):
        find_incidents(tmp_path)


def _score(
    name: str, *, rank: int | None = 1, onset: float | None = 0.5, named: int = 1, control: bool = False
) -> Score:
    return Score(
        name=name,
        is_control=control,
        verdict_true="no_incident" if control else "incident",
        verdict="no_incident" if control else "incident",
        service_true=None if control else "shop",
        category_true=None if control else "disk_full",
        service=None if control else "shop",
        category=None if control else "disk_full",
        service_rank=rank,
        cause_rank=rank,
        onset_error_s=onset,
        clues_named=("a", "b")[:named],
        clues_missed=("a", "b")[named:],
        statement="",
        stages={},
    )


def test_totals_count_ranks_clues_and_controls() -> None:
    """Rank 1 and ranks to 3 are counted apart, onset errors by size, controls by quiet."""
    scores = [
        _score("a", named=2, onset=-4.0),
        _score("b", rank=3),
        _score("c", rank=None, onset=None, named=0),
        replace(_score("d", control=True), verdict="recovered"),
        _score("e", control=True),
    ]
    totals = add_up(scores)
    assert (totals.incidents, totals.controls, totals.quiet, totals.verdicts_right) == (3, 2, 1, 4)
    assert (totals.service_at_1, totals.service_at_3, totals.cause_at_1, totals.cause_at_3) == (1, 2, 1, 2)
    assert (totals.onset_error_median_s, totals.clues_named, totals.clues, totals.all_clues_named) == (2.25, 3, 6, 1)


def test_naive_rules_are_counted_against_the_truth() -> None:
    """A rule that names the service only, both, or nothing counts as such."""
    told = [Answer("shop", "disk_full"), Answer("shop", "unknown"), Answer("web", "disk_full"), None]
    scores = [replace(_score(str(place)), naive={"rule": answer}) for place, answer in enumerate(told)]
    assert add_up_naive(scores) == {"rule": (2, 1)}


def test_comparison_names_what_got_worse() -> None:
    """A lost rank is worse, a regained one better, an onset that moves by half a second is neither."""
    before = take_outcomes([_score("a"), _score("b", rank=None), _score("c"), _score("gone")])
    after = take_outcomes([_score("a", rank=2), _score("b"), _score("c", onset=0.9)])
    found = {(one.name, one.what): one.is_worse for one in compare(before, after)}
    assert found == {
        ("gone", "incident"): True,
        ("a", "service rank"): True,
        ("a", "cause rank"): True,
        ("b", "service rank"): False,
        ("b", "cause rank"): False,
    }


def test_stored_run_is_read_back(tmp_path: Path) -> None:
    """What --json prints compares as equal to the scores that it was made from."""
    scores = [_score("a"), _score("b", rank=None, onset=None)]
    path = tmp_path / "run.json"
    path.write_text(json.dumps(to_json(scores, "folder", [])))
    assert read_outcomes(path) == take_outcomes(scores)
    assert read_outcomes(path)["b"] == Outcome(True, None, None, None, 1)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "other/1"}', '{"schema": "hotfix.bench/1", "incidents": [{}]}'])
def test_stored_run_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    """Anything but a stored run is one clear error."""
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"run\.json: expected"):
        read_outcomes(path)


def test_narrow_table_leaves_the_stages_out() -> None:
    """In 80 columns every number stands whole; where there is room, the seconds of each stage stand there too."""
    scores = [
        replace(_score("column-missing-after-migration"), stages={"read": 0.51}, seconds=1.53, peak_bytes=199_000_000)
    ]
    said = {}
    for width in (80, 170):
        out = StringIO()
        print_scores(Console(file=out, width=width), scores)
        said[width] = out.getvalue()
    assert ("0.51" in said[80], "0.51" in said[170]) == (False, True)
    assert all("1.53" in text and "199" in text and "…" not in text for text in said.values())


def test_table_of_real_incidents(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recorded incident and a control: both right, the naive rules beside them, exit code 0."""
    monkeypatch.setenv("COLUMNS", "170")
    assert run(["bench", str(folder), "--naive"]) == 0
    said = capfd.readouterr().out
    assert "controls quiet     1 of 1" in said
    assert "service and family rank 1: 1 of 1" in said
    assert "most errors after the onset" in said


def test_mechanism_switched_off_costs_what_it_earns(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a mechanism its clues are gone; compared with a stored run the loss is told and ends with 1."""
    assert run(["bench", str(folder), "--json"]) == 0
    stored = tmp_path / "run.json"
    stored.write_text(capfd.readouterr().out)
    assert run(["bench", str(folder), "--compare", str(stored)]) == 0
    assert "no difference from" in capfd.readouterr().out
    report = json.loads(stored.read_text())
    report["incidents"][1]["clues_named"].append("a word that nobody says any more")
    stored.write_text(json.dumps(report))
    assert run(["bench", str(folder), "--compare", str(stored), "--without", "precursors"]) == 1
    assert "worse" in capfd.readouterr().out


def test_unknown_mechanism_is_told(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A name that is no mechanism is a usage error with a near name."""
    assert run(["bench", str(folder), "--without", "number"]) == 2
    assert "did you mean 'numbers'?" in capfd.readouterr().err
