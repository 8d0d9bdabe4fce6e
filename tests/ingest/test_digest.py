"""What records share is summed up."""

import polars as pl

from hotfix.core.schema import LEVEL
from hotfix.ingest.digest import DIGEST, digest_records
from tests.ingest.frames import at, make_records

_HOUR = 3600


def test_records_are_summed_up_by_hour_file_pattern_service_and_level() -> None:
    """Count, first and last time and first line of those that share all five; no time makes an hour of its own."""
    usual = make_records([(1, 0), (_HOUR - 1, 0), (_HOUR, 0), (None, 0), (2, 7)], service="shop", level="info")
    other = make_records([(5, 0)], first_line=9, service="shop", level="error")
    digest = digest_records(pl.concat([usual, other]).lazy())
    hour = digest["hour"].min()
    assert digest.schema == DIGEST
    rows = digest.with_columns(pl.col("hour") - hour, pl.col("level").cast(LEVEL).cast(pl.String)).sort("line").rows()
    assert rows == [
        (0, 0, 0, "shop", "info", 2, at(1), at(_HOUR - 1), 1),
        (1, 0, 0, "shop", "info", 1, at(_HOUR), at(_HOUR), 3),
        (None, 0, 0, "shop", "info", 1, None, None, 4),
        (0, 0, 7, "shop", "info", 1, at(2), at(2), 5),
        (0, 0, 0, "shop", "error", 1, at(5), at(5), 9),
    ]
