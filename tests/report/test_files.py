"""The incident folder: three files, each whole or not there."""

from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.core.files import write_whole
from hotfix.report.document import render_document
from hotfix.report.files import write_incident
from hotfix.report.html import render_html
from hotfix.report.jsonread import read_report
from tests.report.analyses import incident, no_incident


def test_folder_holds_the_three_reports(tmp_path: Path) -> None:
    """Folder and parents are made, the files hold the reports, and nothing else is left there."""
    folder = tmp_path / "a" / "b"
    written = write_incident(folder, incident())
    assert [path.name for path in written] == ["report.json", "diagnosis.md", "report.html"]
    assert sorted(folder.iterdir()) == sorted(written)
    assert read_report(folder / "report.json") == incident()
    assert (folder / "diagnosis.md").read_text(encoding="utf-8") == render_document(incident())
    assert (folder / "report.html").read_text(encoding="utf-8") == render_html(incident())


def test_written_again_the_files_are_replaced(tmp_path: Path) -> None:
    """A second run over the same folder replaces the reports."""
    write_incident(tmp_path, incident())
    write_incident(tmp_path, no_incident())
    assert (read_report(tmp_path / "report.json"), len(list(tmp_path.iterdir()))) == (no_incident(), 3)


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is told by name, with what to do."""
    blocked = tmp_path / "file" / "out"
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        write_incident(blocked, incident())
    assert str(caught.value) == (
        f"expected a folder that can be written at {blocked}, found: Not a directory; name another with --out"
    )


def test_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    """When a file cannot take its name, no part of it stays behind."""
    (tmp_path / "report.json").mkdir()
    with pytest.raises(UsageError, match="Is a directory"):
        write_incident(tmp_path, incident())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["diagnosis.md", "report.html", "report.json"]


def test_text_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    """A failure while writing keeps the old file whole and leaves no draft."""
    path = tmp_path / "x.md"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [("x.md", "old")]
