"""Small files of every kind through the real reader: `cases.toml` says which records they hold."""

import os
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from tests.ingest.readings import read, read_files, rows, table

CASES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["case"]
WRITTEN = datetime.fromisoformat("2026-01-16T00:00:00Z").timestamp()
COLUMNS = (
    *("line", "line_count", "format", "level", "service", "host", "message"),
    *("exception", "trace", "trace_id", "duration_ms", "status"),
)


def describe(record: dict[str, object]) -> dict[str, object]:
    """Return a record in the words of a case."""
    said = {name: record[name] for name in COLUMNS if record[name] is not None}
    if said["line_count"] == 1:
        del said["line_count"]
    time = record["time"]
    if isinstance(time, datetime) and not record["time_inferred"]:
        said["time"] = time.isoformat().replace("+00:00", "Z")
    return said


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_file_holds_its_records(tmp_path: Path, case: dict[str, object]) -> None:
    """A file is understood without a hint: formats, services, zone and every field of every record."""
    path = tmp_path / "logs" / str(case["file"])
    path.parent.mkdir(parents=True)
    path.write_text(str(case["text"]), encoding="utf-8")
    os.utime(path, (WRITTEN, WRITTEN))
    reading = read(tmp_path / "logs")
    (file,) = reading.files
    assert [describe(record) for record in table(reading).to_dicts()] == case["records"]
    assert (file.format, file.service, file.timezone) == (case["format"], case["service"], case["timezone"])


def test_field_with_too_many_values_names_no_service(tmp_path: Path) -> None:
    """A field of services that has more values than a shop has services is something else, so the file names it."""
    many = "".join(f'{{"level":"info","msg":"x","service":"job-{number}"}}\n' for number in range(60))
    few = "".join(f'{{"level":"info","msg":"x","service":"cart-{number % 3}"}}\n' for number in range(60))
    reading = read_files(tmp_path, {"mail.log": many, "shop.log": few})
    assert {*rows(reading, "service")} == {("mail",), ("cart-0",), ("cart-1",), ("cart-2",)}
