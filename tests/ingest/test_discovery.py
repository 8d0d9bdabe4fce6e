"""Which files are read, which are left out, and why."""

import io
import os
from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.core.facts import Skipped
from hotfix.ingest.discovery import find_sources, name_stream, show_path
from hotfix.ingest.sources import read_blocks


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, so that shown paths are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*names: str) -> None:
    """Write a small different text file under each name."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"2026-01-15 14:32:01 {name}\n", encoding="utf-8")


def shown(*paths: str) -> list[str]:
    """Return the shown paths of the logs found."""
    return [file.shown for file in find_sources(paths, None).files]


@pytest.mark.usefixtures("home")
def test_folder_is_read_recursively_in_order_of_paths() -> None:
    """A folder gives all files below it, sorted and numbered by path."""
    write("logs/b.log", "logs/a.log", "logs/deep/er/c.log")
    files = find_sources(["logs"], None).files
    assert [(file.file_id, file.shown) for file in files] == [
        (0, "logs/a.log"),
        (1, "logs/b.log"),
        (2, "logs/deep/er/c.log"),
    ]


@pytest.mark.usefixtures("home")
def test_glob_is_expanded_but_an_existing_name_wins() -> None:
    """Brackets are a glob unless a file has just that name."""
    write("app[1].log", "app1.log", "logs/x/y.log")
    assert shown("app[1].log") == ["app[1].log"]
    assert shown("app?.log") == ["app1.log"]
    assert shown("logs/**/*.log") == ["logs/x/y.log"]


@pytest.mark.usefixtures("home")
def test_missing_path_is_an_error_with_a_near_name() -> None:
    """A path that does not exist is refused, and the part that is misspelt is suggested."""
    write("logs/app.log")
    with pytest.raises(InputError) as wrong_file:
        find_sources(["logs/apq.log"], None)
    with pytest.raises(InputError) as wrong_folder:
        find_sources(["lgos/app.log"], None)
    assert str(wrong_file.value) == (
        "expected a file, folder or glob, found nothing at logs/apq.log; did you mean 'app.log'?"
    )
    assert str(wrong_folder.value).endswith("at lgos/app.log; did you mean 'logs'?")


@pytest.mark.usefixtures("home")
def test_missing_path_of_an_impossible_length_is_the_same_error() -> None:
    """A name that no file system can hold is refused like any other that does not exist."""
    with pytest.raises(InputError):
        find_sources(["x" * 5000], None)


def test_empty_folder_is_told(home: Path) -> None:
    """A folder without files gives nothing but a sentence."""
    (home / "empty").mkdir()
    found = find_sources(["empty"], None)
    assert (found.files, found.skipped) == ((), (Skipped("empty", "the folder holds no file"),))


def test_loop_of_links_is_entered_once(home: Path) -> None:
    """A link back to a folder above is told and not followed."""
    write("logs/sub/app.log")
    (home / "logs/sub/again").symlink_to(home / "logs")
    found = find_sources(["logs"], None)
    assert [file.shown for file in found.files] == ["logs/sub/app.log"]
    assert found.skipped == (Skipped("logs/sub/again", "already read by another path (a link, or a loop of links)"),)


def test_link_to_nowhere_and_to_itself_are_told(home: Path) -> None:
    """Links that lead nowhere are left out with the reason."""
    (home / "logs").mkdir()
    (home / "logs/gone.log").symlink_to("nothing.log")
    (home / "logs/self.log").symlink_to("self.log")
    assert find_sources(["logs"], None).skipped == (
        Skipped("logs/gone.log", "cannot be opened: No such file or directory"),
        Skipped("logs/self.log", "cannot be opened: Too many levels of symbolic links"),
    )


def test_same_file_is_read_once(home: Path) -> None:
    """A file named twice, or by a second link, is one file."""
    write("app.log")
    (home / "other.log").hardlink_to("app.log")
    assert shown("app.log", "./app.log", "other.log") == ["app.log"]


@pytest.mark.usefixtures("home")
def test_folder_given_twice_is_read_once() -> None:
    """A folder inside another that is given too adds no file a second time."""
    write("logs/sub/app.log")
    assert shown("logs", "logs/sub", "logs") == ["logs/sub/app.log"]


@pytest.mark.usefixtures("home")
def test_files_that_are_no_logs_are_told_in_folders_and_globs_but_read_when_named() -> None:
    """Documents, code and databases are left out of folders and globs; the user's own choice is kept."""
    write("logs/README.md", "logs/truth.toml", "logs/app.log")
    found = find_sources(["logs"], None)
    assert [file.shown for file in found.files] == ["logs/app.log"]
    assert found.skipped == (Skipped("logs/README.md", "not a log"), Skipped("logs/truth.toml", "not a log"))
    assert shown("logs/*.md", "logs/app.log") == ["logs/app.log"]
    assert shown("logs/README.md") == ["logs/README.md"]


@pytest.mark.usefixtures("home")
def test_hidden_folders_are_told_once_each() -> None:
    """Folders such as .git are not entered, and each is one sentence."""
    write("logs/.git/objects/a.log", "logs/.hotfix/b.log", "logs/app.log")
    reason = "a hidden folder; name it to have it read"
    found = find_sources(["logs"], None)
    assert found.skipped == (Skipped("logs/.git", reason), Skipped("logs/.hotfix", reason))
    assert shown("logs/.hotfix") == ["logs/.hotfix/b.log"]


@pytest.mark.usefixtures("home")
def test_archives_and_journals_are_told_with_what_to_do() -> None:
    """What must be unpacked or exported first says so."""
    write("logs/all.tar.gz", "logs/system.journal")
    assert [skipped.reason for skipped in find_sources(["logs"], None).skipped] == [
        "an archive; unpack it first",
        "a binary journal; export it first: journalctl --file system.journal -o json > journal.json",
    ]


def test_pipe_in_a_folder_is_left_alone(home: Path) -> None:
    """A named pipe in a folder would block: it is left out."""
    (home / "logs").mkdir()
    os.mkfifo("logs/pipe")
    assert find_sources(["logs"], None).skipped == (Skipped("logs/pipe", "not a regular file"),)


@pytest.mark.usefixtures("home")
def test_files_that_tell_of_changes_stand_apart() -> None:
    """Deploy lists and package logs are no logs of the service; another program's history.log is."""
    sides = ["changes.csv", "deploys.json", "dnf.rpm.log", "dpkg.log.1", "yum.log"]
    write(*(f"logs/{name}" for name in [*sides, "history.log", "deploys.log"]))
    Path("logs/apt").mkdir()
    Path("logs/apt/history.log").write_text("\nStart-Date: 2026-01-15  06:11:02\n", encoding="utf-8")
    found = find_sources(["logs"], None)
    assert [file.shown for file in found.side_files] == [
        "logs/apt/history.log",
        *(f"logs/{name}" for name in sides),
    ]
    assert [file.shown for file in found.files] == ["logs/deploys.log", "logs/history.log"]
    assert sorted(file.file_id for file in (*found.files, *found.side_files)) == list(range(8))


def test_standard_input_can_be_read_again() -> None:
    """What came through a pipe is kept, so that its lines open like those of a file."""
    (file,) = find_sources(["-"], io.BytesIO(b"one\ntwo\n")).files
    texts = [b"".join(block.text for block in read_blocks(file, lambda _: None)) for _ in range(2)]
    assert (file.shown, texts) == ("standard input", [b"one\ntwo\n"] * 2)


@pytest.mark.parametrize(
    ("shown", "stream"),
    [
        ("logs/app.log", "logs/app.log"),
        ("logs/app.log.1", "logs/app.log"),
        ("logs/app.log.2.gz", "logs/app.log"),
        ("logs/app.log.old", "logs/app.log"),
        ("logs/app-20260115.log", "logs/app.log"),
        ("logs/app.log-20260115.gz", "logs/app.log"),
        ("logs/app.2026-01-15.log", "logs/app.log"),
        ("logs/app.2026-01-15.3.log.zst", "logs/app.log"),
        ("logs/app.log.2026-01-15-14", "logs/app.log"),
        ("logs/catalina.out-20260115", "logs/catalina.out"),
        ("logs/syslog.7.xz", "logs/syslog"),
        ("logs/app-12345678.log", "logs/app-12345678.log"),
        ("logs/web.1.log", "logs/web.1.log"),
        ("logs-2026-01-15/app.log", "logs-2026-01-15/app.log"),
    ],
)
def test_rotated_files_share_a_stream(shown: str, stream: str) -> None:
    """Rotation marks and compression are taken off a path; numbers that are no dates stay."""
    assert name_stream(shown) == stream


def test_hostile_file_name_is_shown_harmlessly() -> None:
    """Escapes, newlines and bytes that are no text never reach the screen."""
    assert show_path("a\x1b[31m\nb\udcff.log") == "a\N{REPLACEMENT CHARACTER}[31m" + "\N{REPLACEMENT CHARACTER}b" + (
        "\N{REPLACEMENT CHARACTER}.log"
    )
