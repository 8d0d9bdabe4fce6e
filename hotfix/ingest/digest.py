"""Sums up records by what many of them share: RECORDS come in, DIGEST goes out, which is kept for all of a run.

Who asks when, how often, by whom or how grave, and not for single records, asks the digest and reads no record again.
"""

import polars as pl

from hotfix.core.schema import RECORDS, TIME

HOUR_US = 3_600_000_000
_KEYS = ("file_id", "pattern", "service", "level")

DIGEST = pl.Schema(
    {
        "hour": pl.Int64(),  # of the records' time, since 1970; null for those without one
        **{name: RECORDS[name] for name in _KEYS},
        "count": pl.UInt64(),  # records
        "first": TIME,
        "last": TIME,
        "line": RECORDS["line"],  # where the first of them in the file begins
    }
)
"""Records that share hour, file, pattern, service and level, summed up; there may be several rows of the same."""


def digest_records(records: pl.LazyFrame) -> pl.DataFrame:
    """Return DIGEST of RECORDS; every record counts in one row."""
    hour = pl.col("time").cast(TIME).to_physical() // HOUR_US
    return (
        records.group_by(hour.alias("hour"), *_KEYS)
        .agg(
            pl.len().cast(pl.UInt64).alias("count"),
            pl.col("time").min().alias("first"),
            pl.col("time").max().alias("last"),
            pl.col("line").min(),
        )
        .collect(engine="streaming")
    )
