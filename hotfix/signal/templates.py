"""From distinct masked messages to templates: PATTERNS come in, MINED, TEMPLATES and variables go out."""

import re
from hashlib import blake2b

import polars as pl

from hotfix.core.schema import TEMPLATES
from hotfix.signal.grouping import group_messages
from hotfix.signal.masks import WILDCARD

MINED = pl.Schema({"pattern": pl.UInt32(), "template_id": pl.String(), "text": pl.String()})
"""Which template each pattern belongs to, with the text of the template."""

_LINES = 2**32
"""Packs file and line into one number, so that the first place is the least."""


def mine_templates(patterns: pl.DataFrame) -> pl.DataFrame:
    """Return MINED: the template of each pattern of PATTERNS; the order of the patterns does not matter."""
    texts = group_messages(patterns["text"].to_list(), patterns["count"].to_list())
    columns = {"pattern": patterns["pattern"], "template_id": [name_template(text) for text in texts], "text": texts}
    return pl.DataFrame(columns, MINED)


def name_template(text: str) -> str:
    """Return the id of a template: a hash of its text, the same on every run and machine."""
    return f"T{blake2b(text.encode(), digest_size=5).hexdigest()}"


def assign_templates(records: pl.LazyFrame, mined: pl.DataFrame) -> pl.LazyFrame:
    """Return RECORDS with the ``template_id`` of each record, lazily."""
    return records.with_columns(of_pattern(mined, "template_id"))


def of_pattern(table: pl.DataFrame, column: str) -> pl.Expr:
    """Return the expression that gives each record the value that a table with ``pattern`` has for its pattern."""
    dense = table.select(pattern=pl.int_range(pl.col("pattern").max().fill_null(0) + 1, dtype=pl.UInt32))
    values = dense.join(table, on="pattern", how="left", maintain_order="left")[column]
    return pl.lit(values).gather("pattern").alias(column)


def summarise_templates(digest: pl.DataFrame, mined: pl.DataFrame) -> pl.DataFrame:
    """Return TEMPLATES from DIGEST; every record counts, those without a time too, so counts add up to all records."""
    place = pl.col("file_id").cast(pl.UInt64) * _LINES + pl.col("line")
    counted = digest.with_columns(place=place).join(mined, on="pattern", how="left")
    whole = counted.group_by("template_id", "text").agg(
        pl.col("count").sum(),
        pl.col("service").drop_nulls().unique().sort().alias("services"),
        pl.col("first").min(),
        pl.col("last").max(),
        file_id=pl.col("place").min() // _LINES,
        line=pl.col("place").min() % _LINES,
    )
    levels = (
        counted.drop_nulls("level")
        .group_by("template_id", "level")
        .agg(pl.col("count").sum())
        .sort("count", "level", descending=True)
        .unique("template_id", keep="first", maintain_order=True)
        .select("template_id", "level")
    )
    joined = whole.join(levels, on="template_id", how="left")
    return joined.select(TEMPLATES.names()).cast(TEMPLATES).sort("template_id")


def read_variables(text: str, messages: pl.Series) -> pl.DataFrame:
    """Return what stands at each ``<*>`` of a template: one String column per variable, named ``0``, ``1`` and on.

    Args:
        text: the template.
        messages: messages as they were written; one that does not fit the template gets nulls.
    """
    count = text.count(WILDCARD)
    if not count:
        return pl.DataFrame(height=len(messages))
    groups = messages.cast(pl.String).str.extract_groups(_to_regex(text))
    return groups.struct.unnest().rename(dict(zip(map(str, range(1, count + 1)), map(str, range(count)), strict=True)))


def _to_regex(text: str) -> str:
    parts = [re.escape(part).replace(r"\ ", r"\s+") for part in text.split(WILDCARD)]
    return r"(?s)^\s*" + "(.*?)".join(parts) + r"\s*$"
