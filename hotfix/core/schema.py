"""The tables that stages hand to each other, as polars schemas. Each column's meaning and unit stands beside it."""

import polars as pl

from hotfix.core.facts import Level

LEVEL = pl.Enum([level.value for level in Level])
"""Severity of a record, ordered from trace to fatal."""

TIME = pl.Datetime("us", "UTC")
"""An instant; every time inside hotfix is UTC, microseconds."""

RECORDS = pl.Schema(
    {
        "time": TIME,  # when the record says it happened; null when neither it nor a neighbour says
        "time_inferred": pl.Boolean(),  # taken from the record before it in the same file
        "level": LEVEL,  # null when unknown
        "level_inferred": pl.Boolean(),  # from a status code or an exception, not from a level field
        "service": pl.String(),  # from field, wrapper, file or folder name, in that order
        "host": pl.String(),  # machine, pod or container that wrote it; null when unknown
        "exception": pl.String(),  # class of the root exception of the record's stack trace
        "trace": pl.String(),  # top frame in our own code, "file:line in function"
        "trace_id": pl.String(),  # request, trace or correlation id
        "duration_ms": pl.Float64(),  # how long the logged request took, milliseconds
        "status": pl.Int16(),  # HTTP status
        "file_id": pl.UInt32(),  # index into the list of input files
        "line": pl.UInt32(),  # first line of the record, 1-based, in the decompressed file
        "line_count": pl.UInt32(),  # lines that belong to it, stack trace included
        "pattern": pl.UInt32(),  # index into PATTERNS: the record's distinct masked message
    }
)
"""One row per record. The message itself is not copied: `pattern` says its shape, (file_id, line) opens its text."""

PATTERNS = pl.Schema(
    {
        "pattern": pl.UInt32(),  # index, dense from 0
        "format": pl.String(),  # ident of the format that read it; "unparsed" when none did
        "text": pl.String(),  # masked message
        "sample": pl.String(),  # one message as it was written
        "count": pl.UInt64(),  # records
        "file_id": pl.UInt32(),  # where the sample stands
        "line": pl.UInt32(),
    }
)
"""One row per distinct masked message: what template mining sees instead of every record."""

TEMPLATES = pl.Schema(
    {
        "template_id": pl.String(),  # stable hash of the text: the same on every run and machine
        "text": pl.String(),  # message with <*> where it varies
        "count": pl.UInt64(),  # records; the sum over all templates is the number of records
        "level": LEVEL,  # most frequent level of its records; null when none has one
        "services": pl.List(pl.String()),  # which services write it, sorted
        "first": TIME,
        "last": TIME,
        "file_id": pl.UInt32(),  # where a sample stands
        "line": pl.UInt32(),
    }
)

SERIES = pl.Schema(
    {
        "bucket": TIME,  # start of the interval
        "service": pl.String(),
        "metric": pl.String(),  # a facts.Metric
        "template_id": pl.String(),  # null for a series of the whole service
        "value": pl.Float64(),  # ratio, records or milliseconds, as the metric says
        "n": pl.UInt64(),  # records behind the value
    }
)
