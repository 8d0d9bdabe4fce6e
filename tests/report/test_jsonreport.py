"""`report.json`: the published shape, the same bytes every time, and the way back to the analysis."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.core.resources import find_resource
from hotfix.report.jsonread import from_json, read_report
from hotfix.report.jsonreport import render_json, to_json
from tests.report.analyses import VERDICTS, incident, with_texts

SCHEMA = json.loads(find_resource("templates", "report.schema.json").read_text(encoding="utf-8"))
each_verdict = pytest.mark.parametrize("make", VERDICTS.values(), ids=VERDICTS)


def _errors(report: object) -> list[str]:
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(report)]


def test_published_schema_is_a_json_schema() -> None:
    """The published schema is itself valid JSON Schema 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)


@each_verdict
def test_every_report_is_valid(make: Callable[[], Analysis]) -> None:
    """The report of every verdict is valid by the published schema."""
    assert _errors(json.loads(render_json(make()))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [(("diagnosis", "verdict"), "maybe"), (("records", "total"), -1), (("incident", "started_at"), "2026-01-15 14:03")],
)
def test_report_that_breaks_the_contract_is_invalid(path: tuple[str, str], value: object) -> None:
    """An unknown choice, a negative count and a time without zone are refused by the schema."""
    report = json.loads(render_json(incident()))
    report[path[0]][path[1]] = value
    assert len(_errors(report)) > 0


def test_keys_that_are_added_later_are_valid() -> None:
    """A report with keys that this version does not know is valid and readable."""
    report = to_json(incident()) | {"weather": "fine"}
    assert (_errors(report), from_json(report)) == ([], incident())


def test_report_has_the_keys_of_the_contract() -> None:
    """The top level holds the keys that the design names, with no model and no similar incident yet."""
    report = to_json(incident())
    assert list(report) == [
        "schema", "version", "command", "inputs", "records", "templates", "changes", "deploys", "correlations",
        "series", "incident", "evidence", "diagnosis", "model", "similar", "compared", "runbook", "timings",
        "skipped_stages",
    ]  # fmt: skip
    assert (report["schema"], report["model"], report["similar"]) == ("hotfix.report/1", None, [])


def test_hypotheses_say_for_and_times_end_in_z() -> None:
    """What supports a hypothesis stands under "for", and times are UTC with Z."""
    report = json.loads(render_json(incident()))
    assert report["diagnosis"]["hypotheses"][1]["for"] == ["E3"]
    assert report["incident"]["started_at"] == "2026-01-15T14:03:07.250Z"


def test_same_analysis_gives_same_bytes() -> None:
    """Only the timings differ between two runs over the same logs."""
    again = replace(incident(), timings={"read": 9.0})
    one, other = to_json(incident()), to_json(again)
    assert json.dumps(one | {"timings": {}}) == json.dumps(other | {"timings": {}})
    assert render_json(incident()) == render_json(incident())


@each_verdict
def test_report_reads_back_to_the_analysis(make: Callable[[], Analysis]) -> None:
    """What is written is read back to an equal analysis."""
    assert from_json(json.loads(render_json(make()))) == make()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_any_text_is_written_harmless_and_read_back(text: str) -> None:
    """Whatever logs hold, the file is printable ASCII and the text comes back unchanged."""
    hostile = with_texts(incident(), lambda whole: whole + text)
    written = render_json(hostile)
    assert written.replace("\n", "").isascii()
    assert written.replace("\n", "").isprintable()
    assert from_json(json.loads(written)) == hostile


def test_number_that_json_lacks_is_null() -> None:
    """A value that is not finite is written as null, never as NaN, and stays valid."""
    changes = tuple(replace(change, after=float("inf")) for change in incident().changes)
    report = json.loads(render_json(replace(incident(), changes=changes)))
    assert (report["changes"][0]["after"], report["changes"][0]["ratio"], _errors(report)) == (None, None, [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda report: report | {"schema": "x/2"}, "expected schema 'hotfix.report/1' at r.json, found 'x/2'"),
        (lambda report: {"schema": report["schema"]},
         "expected the key 'inputs' at r.json, found none; is this hotfix.report/1?"),
        (lambda report: report | {"evidence": 3}, "expected a list at r.json.evidence, found 3"),
        (lambda report: report | {"evidence": [7]}, "expected an object at r.json.evidence[0], found 7"),
        (lambda report: report | {"version": 1}, "expected text at r.json.version, found 1"),
        (lambda report: report | {"timings": {"read": "x"}}, "expected a number at r.json.timings.read, found 'x'"),
    ],
)  # fmt: skip
def test_broken_report_is_told_by_place(change: Callable[[dict[str, object]], object], message: str) -> None:
    """A report that breaks the schema is refused with the key at fault."""
    with pytest.raises(InputError) as caught:
        from_json(change(to_json(incident())), "r.json")
    assert str(caught.value) == message


def test_file_that_is_no_report_is_told(tmp_path: Path) -> None:
    """A missing file and a file without JSON are refused by name."""
    (tmp_path / "report.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"expected JSON at .*report\.json, found other text"):
        read_report(tmp_path / "report.json")
    with pytest.raises(InputError, match=r"expected a report at .*none\.json, found: No such file"):
        read_report(tmp_path / "none.json")
