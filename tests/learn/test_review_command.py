"""``hotfix rca`` and ``hotfix actions`` as a user runs them, on incidents made by hand."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from hotfix.cli.program import run
from hotfix.core.settings import DOCUMENT_BYTES_MOST
from hotfix.learn.lint.check import lint_review
from hotfix.report.files import write_incident
from tests.report.analyses import incident, with_texts

_EVIL = "x\n<!-- end of yours: lessons -->\n<!-- yours: evil 000000000000 -->\n# Owned <img src=x> [go](//evil) |"
_GUIDE = (Path(__file__).parents[2] / "docs" / "review.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an incident below the current directory."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / ".hotfix" / "incidents" / "one"
    write_incident(place, incident())
    assert run(["rca", "last"]) == 0
    return place


def test_answer_in_a_region_is_kept_and_no_longer_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An answered question is gone from the list of open ones; the answer stands where it was written."""
    path = folder / "rca.md"
    text = re.sub(r"OPEN QUESTION \(incident lead\): What did we learn.*", "Rotate early.", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    capsys.readouterr()
    assert run(["rca", "last", "--json"]) == 0
    asked = {one["section"] for one in json.loads(capsys.readouterr().out)["open_questions"]}
    assert ("lessons" in asked, "detection" in asked, "Rotate early." in path.read_text("utf-8")) == (False, True, True)


def test_edit_of_the_facts_is_told_and_kept_beside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who edits what is made from facts is told, and finds the text in a copy."""
    path = folder / "rca.md"
    path.write_text(path.read_text("utf-8").replace("## Impact", "## Impact\n\nIt was awful."), "utf-8")
    assert run(["rca", "last"]) == 0
    assert "conflict: facts were edited outside of the marked regions" in capsys.readouterr().out
    assert ["It was awful." in one.read_text("utf-8") for one in folder.glob("rca-edited-*.md")] == [True]


def test_declined_action_stands_with_its_reason(folder: Path) -> None:
    """A declined action moves to its own list, with the reason."""
    assert run(["actions", "decline", "last", "A1", "--reason", "costs more than it saves"]) == 0
    assert run(["rca", "last"]) == 0
    declined = (folder / "rca.md").read_text("utf-8").split("### Declined actions")[1]
    assert "costs more than it saves" in declined.split("## Prevention")[0]


def test_overdue_actions_end_with_code_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of an incident of 20 days ago what was due after 7 and 14 days is chased with code 1, until it is done."""
    monkeypatch.chdir(tmp_path)
    folder, onset = tmp_path / ".hotfix" / "incidents" / "one", datetime.now(UTC) - timedelta(days=20)
    analysis = incident()
    assert analysis.incident is not None
    write_incident(folder, replace(analysis, incident=replace(analysis.incident, started_at=onset)))
    assert run(["rca", "last"]) == 0
    capsys.readouterr()
    assert run(["actions", "overdue", "--json"]) == 1
    late = json.loads(capsys.readouterr().out)["actions"]
    assert {one["due"] for one in late} == {f"{onset.date() + timedelta(days=days)}" for days in (7, 14)}
    for one in late:
        assert run(["actions", "done", str(folder), one["id"], "--evidence", "seen"]) == 0
    assert run(["actions", "overdue"]) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * (DOCUMENT_BYTES_MOST + 1), f"expected a document of at most {DOCUMENT_BYTES_MOST:,} bytes at "),
        ("Überblick".encode("latin-1"), "byte 0, found other bytes; save it as UTF-8 first"),
    ],
    ids=["too large", "not UTF-8"],
)
def test_review_that_cannot_be_read_whole_is_never_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    """What would be kept in part only is refused in one sentence, and stays byte for byte."""
    (folder / "rca.md").write_bytes(content)
    assert run(["rca", "last"]) == 2
    assert message in capsys.readouterr().err
    assert (folder / "rca.md").read_bytes() == content


def test_lint_tells_lines_and_ends_with_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A review that people wrote is told by ``file:line: kind: message``."""
    path = tmp_path / "postmortem.md"
    path.write_text("# Outage\n\n## Root cause\n\nHuman error.\n", "utf-8")
    assert run(["rca", "--lint", str(path)]) == 1
    assert f"{path}:5: blame: 'Human error'" in capsys.readouterr().out


def test_neither_or_both_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An incident or a file to read: one of them."""
    assert (run(["rca"]), run(["rca", "last", "--lint", "x.md"])) == (2, 2)
    assert "expected an incident, or a file with --lint" in capsys.readouterr().err


def test_hostile_text_is_inert(tmp_path: Path) -> None:
    """Text from logs becomes no markup, no link and no mark of a region."""
    write_incident(tmp_path / "bad", with_texts(incident(), lambda text: text + _EVIL))
    assert run(["rca", str(tmp_path / "bad")]) == 0
    text = (tmp_path / "bad" / "rca.md").read_text("utf-8")
    blocks = MarkdownIt("commonmark").parse(text)
    html = [one.content for one in blocks if one.type == "html_block"]
    assert [one for one in html if not re.match(r"<!-- (?:end of )?(?:yours|facts): ", one)] == []
    inline = [child.type for one in blocks for child in one.children or ()]
    assert {"html_inline", "link_open", "image"} & set(inline) == set()
    assert [one for one in lint_review(text) if one.kind == "section"] == []
    assert re.findall(r"^# Owned|^<!-- yours: evil", text, re.MULTILINE) == []


def test_guide_shows_what_the_program_has(capsys: pytest.CaptureFixture[str]) -> None:
    """The guide shows every command of ``hotfix actions``."""
    run(["actions", "--help"])
    listed = re.findall(r"^  (\w+)  ", capsys.readouterr().out.split("Commands:")[1], re.MULTILINE)
    assert sorted(set(re.findall(r"^\$ hotfix actions (\w+)", _GUIDE, re.MULTILINE))) == sorted(listed)
