"""Lists of changes that people and pipelines write."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotfix.core.errors import InputError
from hotfix.core.facts import DeployKind, Skipped
from hotfix.ingest.discovery import find_file
from hotfix.signal.deploys.contract import Sighting
from hotfix.signal.deploys.listing import read_listing
from tests.signal.deploys.search import at, search, write_log


def read(path: Path, text: str) -> list[Sighting]:
    """Return what a list with this text tells."""
    path.write_text(text, encoding="utf-8")
    return list(read_listing(find_file(path), at("10:00:00")).sightings)


FORMS = {
    "csv": "time,service,version,description\n2026-03-04T10:30:00Z,orders,1.5.0,New prices\n",
    "semicolons": "Deployed At;App;Tag;Message\n2026-03-04T10:30:00Z;orders;1.5.0;New prices\n",
    "json array": '[\n {"timestamp": 1772620200, "service": "orders", "version": "1.5.0", "summary": "New prices"}\n]',
    "json object": '{"all": [{"at": "2026-03-04 10:30", "app": "orders", "release": "1.5.0",\n"what": "New prices"}]}',
    "json lines": '{"deployed_at": "2026-03-04T11:30:00+01:00", "component": "orders", '
    '"image": "r.example/shop/orders:1.5.0", "msg": "New prices"}\n{"nothing": 1}\n',
    "nested": '{"data": {"items": [{"metadata": {"creationTimestamp": "2026-03-04T10:30:00Z"}, "name": "orders", '
    '"tag": "1.5.0", "reason": "New prices"}]}}',
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_fields_are_recognised_whatever_they_are_called(tmp_path: Path, text: str) -> None:
    """CSV, JSON and JSON lines with the usual names of fields tell the same change."""
    (one,) = read(tmp_path / "list.txt", text)
    assert (one.at, one.kind, one.service, one.version, one.summary) == (
        at("10:30:00"),
        DeployKind.DEPLOYMENT,
        "orders",
        "1.5.0",
        "New prices",
    )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("release", DeployKind.DEPLOYMENT),
        ("rollback", DeployKind.DEPLOYMENT),
        ("config change", DeployKind.CONFIG),
        ("feature_flag", DeployKind.FLAG),
        ("db migration", DeployKind.MIGRATION),
        ("package upgrade", DeployKind.PACKAGE),
        ("restart", DeployKind.RESTART),
        ("commit", DeployKind.COMMIT),
        ("", DeployKind.DEPLOYMENT),
    ],
)
def test_kind_is_read_from_its_word(tmp_path: Path, words: str, kind: DeployKind) -> None:
    """The kind of a change follows from the word in its row; a row without one is a deployment."""
    (one,) = read(tmp_path / "list.csv", f"time,service,kind\n2026-03-04T10:30:00Z,orders,{words}\n")
    assert one.kind is kind


def test_old_and_new_value_are_read(tmp_path: Path) -> None:
    """A row may say the value before and after."""
    (one,) = read(tmp_path / "list.csv", "at,app,type,what,from,to\n2026-03-04 10:30:00,orders,config,pool.size,20,5\n")
    assert (one.kind, one.summary, one.before, one.after) == (DeployKind.CONFIG, "pool.size", "20", "5")


def test_row_without_a_summary_is_told_by_its_fields(tmp_path: Path) -> None:
    """Service, version and the one before lead the summary; other fields follow with their names."""
    text = (
        '[{"id": "deploy-7", "at": "2026-03-04T10:30:00Z", "service": "orders", "version": "1.5.0", '
        '"previous": "1.4.2", "status": "succeeded"}]'
    )
    (one,) = read(tmp_path / "list.json", text)
    assert one.summary == "orders 1.5.0 (was 1.4.2), id deploy-7, status succeeded"


def test_place_covers_all_lines_of_a_row(tmp_path: Path) -> None:
    """A quoted text over two lines is one row, and its place covers both."""
    (one,) = read(tmp_path / "list.csv", 'time,what\n\n2026-03-04T10:30:00Z,"New\nprices"\n')
    assert (one.summary, one.source.line, one.source.end_line) == ("New prices", 3, 4)


def test_place_of_an_object_is_its_lines(tmp_path: Path) -> None:
    """An object of a JSON array stands at its own lines."""
    text = '[\n  {"time": "2026-03-04T10:10:00Z", "app": "a"},\n  {\n    "time": "2026-03-04T10:30:00Z"\n  }\n]\n'
    assert [(one.source.line, one.source.end_line) for one in read(tmp_path / "list.json", text)] == [(2, 2), (3, 5)]


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        (
            "time,app\nsoon,orders\n",
            [(2, "expected a time of day with its date, such as 2026-01-15T14:30:00Z, found 'soon'")],
        ),
        (
            "app,version\norders,1\n",
            [(1, "expected a header with a time (time, timestamp, at, deployed_at), found 'app,version'")],
        ),
        (
            '[{"app": "orders"}]',
            [(1, "expected the time of the change in a field such as time, timestamp, at, deployed_at, found none")],
        ),
        ("[1]", [(1, "expected a JSON object that tells of one change, found '1'")]),
        (
            '[{"time": "2026-03-04T10:30:00Z"},\n{"time": ',
            [(2, "the JSON is broken from here on: Expecting value: line 3 column 1 (char 45)")],
        ),
    ],
)
def test_row_that_cannot_be_read_is_told_with_line_and_reason(
    tmp_path: Path, text: str, skipped: list[tuple[int, str]]
) -> None:
    """What cannot be understood is skipped with its line and what was expected there."""
    path = tmp_path / "list.txt"
    path.write_text(text, encoding="utf-8")
    assert list(read_listing(find_file(path), None).skipped) == [
        Skipped(f"{path}:{line}", why) for line, why in skipped
    ]


def test_time_without_zone_is_utc_and_said_so(tmp_path: Path) -> None:
    """Times that say no zone are read as UTC, and a note tells of it."""
    path = tmp_path / "list.csv"
    path.write_text("time\n2026-03-04 10:30\n", encoding="utf-8")
    found = read_listing(find_file(path), None)
    assert ([one.at for one in found.sightings], found.notes) == (
        [at("10:30:00")],
        (f"{path}: times without a zone are read as UTC",),
    )


def test_list_beside_the_logs_is_found_without_being_named(tmp_path: Path) -> None:
    """A deploys.csv in the folder of the logs tells of changes and is not read as a log."""
    write_log(tmp_path)
    (tmp_path / "deploys.csv").write_text(FORMS["csv"], encoding="utf-8")
    told = search(tmp_path)
    assert told.tell() == [("10:30:00", DeployKind.DEPLOYMENT, "orders", "1.5.0")]
    assert told.excerpts == ("2026-03-04T10:30:00Z,orders,1.5.0,New prices",)


def test_named_list_may_be_compressed_and_its_lines_open(tmp_path: Path) -> None:
    """A compressed list is read like a plain one, and its places open to its rows."""
    path = tmp_path / "releases.csv.gz"
    path.write_bytes(gzip.compress(FORMS["csv"].encode()))
    assert search(write_log(tmp_path / "logs"), path).excerpts == ("2026-03-04T10:30:00Z,orders,1.5.0,New prices",)


def test_named_list_that_holds_nothing_readable_is_an_error(tmp_path: Path) -> None:
    """The user who names a file that is no list of deploys learns it, with the place and what was expected."""
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"--deploys: nothing could be read: .*notes\.txt:1: expected a header with a time"
    ):
        search(write_log(tmp_path / "logs"), path)


def test_changes_far_from_the_logs_are_counted_and_left_out(tmp_path: Path) -> None:
    """A deploy of another month is no cause of this hour's trouble, and a note says that it was there."""
    path = tmp_path / "list.csv"
    path.write_text(
        "time,app,version\n2026-01-04T10:30:00Z,orders,1.4\n2026-03-04T10:30:00Z,orders,1.5\n", encoding="utf-8"
    )
    told = search(write_log(tmp_path / "logs"), path)
    assert [(one.version, one.before) for one in told.found.deploys] == [("1.5", "1.4")]
    assert told.found.notes == (
        f"{path}: 1 changes lie outside the time of the logs (2026-03-04T10:00:00Z to 2026-03-04T10:59:40Z)",
    )


PIECES = st.lists(
    st.sampled_from(
        ['{"time": ', '"2026-03-04T10:30:00Z"', "[", "]", "{", "}", ",", "\n", '"app": ', "1e999", "17", "\\", '"']
    )
    | st.text(max_size=4),
    max_size=30,
).map("".join)


@given(PIECES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(tmp_path: Path, text: str) -> None:
    """Whatever a file holds, it yields changes and reasons, and every place lies within its lines."""
    path = tmp_path / "list.txt"
    path.write_bytes(text.encode(errors="surrogatepass"))
    lines = path.read_bytes().count(b"\n") + 1
    found = read_listing(find_file(path), at("10:00:00"))
    assert all(1 <= one.source.line <= one.source.end_line <= lines for one in found.sightings)


def test_objects_within_objects_without_end_are_refused(tmp_path: Path) -> None:
    """Ten thousand brackets are a reason and not a crash."""
    path = tmp_path / "list.json"
    path.write_text('{"a":' * 10_000, encoding="utf-8")
    assert len(read_listing(find_file(path), None).skipped) == 1
