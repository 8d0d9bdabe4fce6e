"""The index over all incidents: it follows the folders, and nothing that happens to it loses anything."""

import random
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity, Skipped
from hotfix.learn.events import EventKind, append_event
from hotfix.learn.query import Query, Summary, Times
from hotfix.learn.statuses import Status
from hotfix.learn.store import find_incidents, reindex
from tests.learn.cases import at, command, operator, write_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder of three incidents; its index does not exist yet."""
    root = tmp_path / ".hotfix" / "incidents"
    write_folder(root, 1, "java.net.SocketTimeoutException: connect timed out", severity="P0")
    write_folder(root, 2, "psycopg2.OperationalError: too many clients", services=["billing", "checkout"])
    write_folder(root, 3, "disk quota exceeded", ended_at=at(190).isoformat())
    return root


def _hours(root: Path, query: Query | None = None) -> list[int]:
    """Return which incidents match, by the hours after the onset when they began."""
    found = find_incidents(root, query or Query())
    assert found.note is None
    return [round((one.times.started_at - at(0)).total_seconds() / 3600) for one in found.summaries]


def _database(root: Path) -> Path:
    return root.parent / "hotfix.db"


def test_incidents_are_listed_newest_first(root: Path) -> None:
    """A list holds every incident with what its folder says, the newest first."""
    found = find_incidents(root, Query())
    assert (found.summaries[0], [one.id for one in found.summaries]) == (
        Summary(
            folder="20260115T170300Z-checkout",
            id="20260115T170300Z-checkout",
            severity=Severity.P1,
            status=Status.RECOVERED,
            category="null_reference",
            services=("checkout",),
            statement="checkout: TypeError",
            times=Times(at(180), at(190), None, at(190), None, None),
        ),
        ["20260115T170300Z-checkout", "20260115T160300Z-checkout", "20260115T150300Z-checkout"],
    )


def test_list_without_incidents_is_empty_and_writes_nothing(tmp_path: Path) -> None:
    """Where nothing was analysed yet there is nothing, and no index is left behind."""
    assert (_hours(tmp_path / ".hotfix" / "incidents"), list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        (Query(severities=(Severity.P0, Severity.P2)), [1]),
        (Query(statuses=(Status.OPEN,)), [2, 1]),
        (Query(statuses=(Status.RECOVERED, Status.CLOSED)), [3]),
        (Query(service="billing"), [2]),
        (Query(service="bill"), []),
        (Query(since=at(120)), [3, 2]),
        (Query(most=1), [3]),
        (Query(words="SocketTimeout"), [1]),
        (Query(words="java.net.SocketTimeoutException: connect timed out"), [1]),
        (Query(words="clients too"), [2]),
        (Query(words="checkout", severities=(Severity.P1,), most=5), [3, 2]),
        (Query(words="nowhere"), []),
        (Query(words="\"' OR * NEAR( ) : -"), []),
        (Query(words='"*" ()'), [3, 2, 1]),
    ],
)
def test_filters_limit(root: Path, query: Query, hours: list[int]) -> None:
    """Each filter keeps what matches, together they keep what all keep; signs in a text are never syntax."""
    assert _hours(root, query) == hours


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=60))
def test_any_words_can_be_looked_for(root: Path, words: str) -> None:
    """No text breaks a search."""
    _hours(root, Query(words=words))


def test_place_of_the_words_is_shown(root: Path) -> None:
    """A search shows what it found."""
    found = find_incidents(root, Query(words="quota"))
    assert [one.found for one in found.summaries] == ["checkout logs it\ndisk [quota] exceeded"]


def test_index_follows_the_folders(root: Path) -> None:
    """What is added, changed and removed is seen at the next look, without any command in between."""
    assert _hours(root, Query(words="vendor")) == []
    append_event(write_folder(root, 4), operator(EventKind.NOTE, 5, text="called the vendor"))
    (root / "20260115T150300Z-checkout" / "rca.md").write_text("# The vendor's certificate", encoding="utf-8")
    assert _hours(root, Query(words="vendor")) == [4, 1]
    append_event(root / "20260115T150300Z-checkout", operator(EventKind.RESOLVED, 90))
    assert _hours(root, Query(statuses=(Status.RESOLVED,))) == [1]
    for path in (root / "20260115T150300Z-checkout").iterdir():
        path.unlink()
    assert _hours(root) == [4, 3, 2]


def test_times_of_the_clock_are_kept(root: Path) -> None:
    """The list knows when an incident was noticed and mitigated, to the microsecond."""
    folder = write_folder(root, 4)
    append_event(folder, command(EventKind.DIAGNOSED, 245.123457))
    append_event(folder, operator(EventKind.MITIGATED, 250))
    times = find_incidents(root, Query(most=1)).summaries[0].times
    assert times == Times(at(240), None, at(245.123457), at(250), None, None)


def test_folder_that_cannot_be_read_is_told_and_no_others_suffer(root: Path) -> None:
    """A report that breaks the schema, or is no JSON, is named with the reason; an analysis without incident is not."""
    write_folder(root, 4, severity="P9")
    (root / "torn").mkdir()
    (root / "torn" / "report.json").write_text("{", encoding="utf-8")
    (root / "quiet").mkdir()
    (root / "quiet" / "report.json").write_text('{"schema": "hotfix.report/1", "incident": null}', encoding="utf-8")
    (root / "empty").mkdir()
    found = find_incidents(root, Query())
    place, unknown = root / "20260115T180300Z-checkout" / "report.json", "expected one of the schema's choices"
    assert (len(found.summaries), found.unreadable) == (
        3,
        (
            Skipped(place.parent.name, f"{unknown} at {place}.incident.severity, found 'P9'"),
            Skipped("torn", f"expected JSON at {root / 'torn' / 'report.json'}, found other text"),
        ),
    )


def test_documents_that_are_no_plain_files_are_passed_by(root: Path) -> None:
    """A link and a folder that are named as documents hide no incident."""
    folder = next(root.iterdir())
    (folder / "link.md").symlink_to("/etc/passwd")
    (folder / "folder.md").mkdir()
    assert find_incidents(root, Query()).unreadable == ()


def test_hostile_texts_are_kept_harmless(root: Path) -> None:
    """Lone surrogates, zero bytes and line feeds in names break nothing."""
    write_folder(root, 4, "a\ud800b \0 c", services=["x\ny", "\udfff"])
    assert find_incidents(root, Query(most=1)).summaries[0].services == ("x\ny", "?")


def test_index_is_private(root: Path) -> None:
    """Nobody but its owner can read the index: it holds text of logs."""
    _hours(root)
    assert stat.S_IMODE(_database(root).stat().st_mode) == 0o600


def _garble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:12288] = bytes(range(256)) * 32
    path.write_bytes(data)


def _make_old(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE incidents (id TEXT); PRAGMA user_version = 0;")


def _take_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript("DROP TABLE texts")


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database at all, but long enough to be one" * 50),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        _garble,
        _make_old,
        _take_table,
    ],
    ids=["gone", "empty", "other file", "cut off", "garbled", "old", "table gone"],
)
def test_damaged_index_is_made_anew(root: Path, damage: Callable[[Path], object]) -> None:
    """Whatever became of the index, the next look answers as if nothing had happened, and mends it."""
    _hours(root)
    damage(_database(root))
    assert (_hours(root), _hours(root, Query(words="quota"))) == ([3, 2, 1], [3])
    assert _check(root) == "ok"


def test_log_of_another_index_is_not_taken_over(root: Path) -> None:
    """A write-ahead log that a crash left beside an index that was then replaced does no harm."""
    _hours(root)
    _database(root).with_name("hotfix.db-wal").write_bytes(b"\x37\x7f\x06\x82" + b"stale" * 2000)
    assert (len(reindex(root).summaries), _hours(root), _check(root)) == (3, [3, 2, 1], "ok")


def _check(root: Path) -> str:
    with closing(sqlite3.connect(_database(root), timeout=60)) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])


_WORKER = """
import sys
from pathlib import Path
from hotfix.learn.events import EventKind, append_event
from hotfix.learn.query import Query
from hotfix.learn.store import find_incidents, reindex
from tests.learn.cases import operator, write_folder
root, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    folder = write_folder(root, number)
    append_event(folder, operator(EventKind.NOTE, 0, text="worker note"))
    found = reindex(root) if number % 5 == 0 else find_incidents(root, Query())
    assert found.note is None and folder.name in {one.folder for one in found.summaries}, found
    print(number, flush=True)
"""


def _start(root: Path, first: int, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _WORKER, str(root), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def test_shells_that_work_together_lose_nothing(root: Path) -> None:
    """Four processes add, look and make the index anew at once: each sees its own, and in the end all is there."""
    workers = [_start(root, 100 * worker, 12) for worker in range(1, 5)]
    assert [worker.wait() for worker in workers] == [0] * 4
    expected = sorted((100 * worker + one for worker in range(1, 5) for one in range(12)), reverse=True)
    assert (_hours(root, Query(words="worker note")), _check(root)) == (expected, "ok")


def test_kill_at_any_moment_leaves_an_intact_index(root: Path) -> None:
    """A process is killed while it writes, after a random number of steps: the index is whole, the next one goes on."""
    chance = random.Random(7)
    for turn in range(12):
        worker = _start(root, 1000 * (turn + 1), 1000)
        assert worker.stdout is not None
        for _ in range(chance.randint(1, 12)):
            worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        present = sorted(path.parent.name for path in root.glob("*/report.json"))
        assert _check(root) == "ok"
        assert sorted(one.folder for one in find_incidents(root, Query()).summaries) == present


@contextmanager
def _limit_files(most: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("most", [0, 8_000, 40_000])
def test_index_that_cannot_be_written_is_made_in_memory(root: Path, most: int) -> None:
    """Where no file can grow the list is complete, with one sentence on it; for `reindex` the sentence is the error."""
    with _limit_files(most):
        found = find_incidents(root, Query())
        with pytest.raises(UsageError, match=r"^expected an index that can be written at .*hotfix\.db, found: .+$"):
            reindex(root)
    assert (len(found.summaries), str(found.note).startswith("expected an index that can be written at ")) == (3, True)
    assert (_hours(root), _check(root)) == ([3, 2, 1], "ok")


def test_index_in_a_folder_that_cannot_be_written_is_made_in_memory(root: Path) -> None:
    """A lock that is a folder stands for whatever keeps the index from being opened: the list is complete."""
    (root.parent / "hotfix.db.lock").mkdir()
    found = find_incidents(root, Query())
    place = root.parent / "hotfix.db"
    assert (len(found.summaries), found.note) == (
        3,
        f"expected an index that can be written at {place}, found: Is a directory",
    )


def test_no_process_keeps_others_waiting_for_an_answer(root: Path) -> None:
    """A shell that was stopped in the middle of its own transaction does not keep others from reading."""
    _hours(root)
    with closing(sqlite3.connect(_database(root), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM folders")
        assert _hours(root) == [3, 2, 1]
        other.execute("ROLLBACK")
