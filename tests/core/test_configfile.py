from pathlib import Path

import pytest

from hotfix.core.configfile import TABLES, read_optional_table, read_table
from hotfix.core.errors import UsageError


def _write(folder: Path, text: str) -> Path:
    path = folder / "hotfix.toml"
    path.write_text(text)
    return path


def test_every_table_of_the_program_is_known(tmp_path: Path) -> None:
    """A file may hold all of them, and a part reads its own."""
    path = _write(tmp_path, "".join(f"[{name}]\nsuite = 'x'\n" for name in TABLES))
    for name in TABLES:
        table = read_optional_table(path, name)
        assert table.text("suite") == "x"
        table.finish()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[test]\n[deplyo]\nx = 1", "2: unknown table [deplyo]; did you mean 'deploy'?"),
        ("[test]\n[[tests.compatible]]\nx = 1", "2: unknown table [tests]; did you mean 'test'?"),
        ("\nsuite = 'x'", "2: unknown table [suite]"),
        ("tset.suite = 'x'", "1: unknown table [tset]; did you mean 'test'?"),
    ],
)
def test_table_that_no_part_reads_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A misspelt table would be passed over by everybody, so whoever reads the file refuses it, by its line."""
    path = _write(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        read_optional_table(path, "test")
    assert str(refused.value) == f"{path}:{said}"


def test_missing_file_and_table_are_empty_where_nothing_must_be_said(tmp_path: Path) -> None:
    """What has defaults throughout needs no file."""
    assert read_optional_table(tmp_path / "hotfix.toml", "test").optional_text("suite") is None
    assert read_optional_table(_write(tmp_path, "[deploy]"), "test").tables("compatible") == ()


def test_missing_table_is_refused_where_it_must_be(tmp_path: Path) -> None:
    """The message says where to read what belongs there."""
    path = _write(tmp_path, "[deploy]\nmonitor = 3")
    with pytest.raises(UsageError) as refused:
        read_table(path, "deploy.monitor", "docs/deploy.md")
    assert str(refused.value) == (
        f"{path}: expected a table [deploy.monitor], found 3; docs/deploy.md says what belongs there"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("suite = ''", "2: expected text for test.suite, found ''"),
        ("suite = 1.0", "2: expected text for test.suite, found 1"),
        ("", "1: expected text for test.suite, found none"),
    ],
)
def test_value_of_another_kind_is_refused_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    """Where the key is missing the line is that of the table."""
    path = _write(tmp_path, f"[test]\n{text}")
    with pytest.raises(UsageError) as refused:
        read_optional_table(path, "test").text("suite")
    assert str(refused.value) == f"{path}:{said}"


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are told like any other fault."""
    path = tmp_path / "hotfix.toml"
    path.write_bytes(b"[test]\nsuite = '\xff'")
    with pytest.raises(UsageError, match=r"hotfix\.toml: expected TOML, found .*utf-8"):
        read_optional_table(path, "test")


def test_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """What lies there and cannot be read is not passed over."""
    (tmp_path / "hotfix.toml").mkdir()
    with pytest.raises(UsageError, match=r"hotfix\.toml: expected a configuration, found: Is a directory"):
        read_optional_table(tmp_path / "hotfix.toml", "test")
