"""Takes container wrappers off lines, so that the format inside can be read. One row per inner line comes out."""

from dataclasses import dataclass

import polars as pl

from hotfix.core.settings import WRAPPER_SHARE
from hotfix.ingest.formats import Wrapper

LINES = pl.Schema(
    {
        "text": pl.String(),  # the line inside the wrapper
        "line": pl.UInt32(),  # number of its first physical line
        "span": pl.UInt32(),  # physical lines it came from (partial lines are joined)
        "time": pl.String(),  # what the wrapper says; null without a wrapper
        "service": pl.String(),
        "host": pl.String(),
        "stream": pl.String(),  # lines of different streams do not continue each other
    }
)
_PARTS = ("time", "service", "host", "stream")
_ESCAPES = {
    r"\n": " ",
    r"\r": " ",
    r"\t": "\t",
    r"\"": '"',
    r"\/": "/",
    r"\u003c": "<",
    r"\u003e": ">",
    r"\u0026": "&",
    r"\u001b": "\x1b",
    r"\\": "\\",
}


@dataclass(frozen=True, slots=True)
class Inner:
    """Lines without their wrapper: LINES, streams one after the other, and the same texts as newline-ended bytes."""

    lines: pl.DataFrame
    text: bytes


def find_wrapper(sample: pl.Series, wrappers: tuple[Wrapper, ...]) -> Wrapper | None:
    """Return the wrapper that most sample lines carry, or None when fewer than WRAPPER_SHARE do."""
    filled = sample.filter(sample != "")
    shares = {wrapper.ident: filled.str.contains(wrapper.pattern).sum() for wrapper in wrappers}
    best = max(wrappers, key=lambda wrapper: shares[wrapper.ident], default=None)
    return best if best and len(filled) and shares[best.ident] >= WRAPPER_SHARE * len(filled) else None


def unwrap_lines(text: bytes, first_line: int, wrapper: Wrapper | None) -> Inner:
    """Return the inner lines of newline-ended text whose first line is number ``first_line``."""
    raw = pl.read_lines(text).to_series().alias("text")
    lines = raw.to_frame().with_columns(
        pl.int_range(first_line, first_line + len(raw), dtype=pl.UInt32).alias("line"),
        pl.lit(1, dtype=pl.UInt32).alias("span"),
    )
    if wrapper is None:
        return Inner(lines.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in _PARTS), text)
    unwrapped = _take_off(lines, wrapper)
    return Inner(unwrapped, ("\n".join(unwrapped["text"]) + "\n").encode())


def _take_off(lines: pl.DataFrame, wrapper: Wrapper) -> pl.DataFrame:
    """Return LINES from wrapped lines; a line that the wrapper does not match stays as it is."""
    raw = pl.col("text")
    inner = raw.str.extract(wrapper.inner)
    parts = {name: _extract(raw, getattr(wrapper, name)) for name in _PARTS}
    whole = pl.lit(value=True) if wrapper.whole is None else raw.str.contains(wrapper.whole) | inner.is_null()
    cut = lines.with_columns(
        _unescape(inner).fill_null(raw) if wrapper.escaped else inner.fill_null(raw), whole=whole, **parts
    )
    apart = pl.concat_str("service", "host", "stream", separator="\t", ignore_nulls=True)
    streams = cut.with_columns(stream=apart)
    if streams["stream"].n_unique() > 1:
        streams = streams.sort("stream", maintain_order=True)
    return streams.select(LINES.names()) if wrapper.whole is None else _join_partials(streams)


def _join_partials(lines: pl.DataFrame) -> pl.DataFrame:
    """Join each line that is not whole with the next ones of its stream, up to one that is."""
    ends = pl.col("whole") | (pl.col("stream") != pl.col("stream").shift(-1))
    grouped = lines.with_columns(part=ends.shift(1, fill_value=False).cum_sum())
    if lines["whole"].all():
        return lines.select(LINES.names())
    return (
        grouped.group_by("part", maintain_order=True)
        .agg(
            pl.col("text").str.join(""),
            pl.col("line").first(),
            (pl.col("line").last() - pl.col("line").first() + 1).alias("span"),
            *(pl.col(name).first() for name in _PARTS),
        )
        .select(LINES.names())
    )


def _extract(raw: pl.Expr, regex: str | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.String) if regex is None else raw.str.extract(regex)


def _unescape(text: pl.Expr) -> pl.Expr:
    r"""Undo JSON escapes; a line break at the end is dropped, one inside becomes a space, ``\\`` is undone last."""
    trimmed = text.str.strip_suffix(r"\n").str.strip_suffix(r"\r")
    return (
        pl.when(trimmed.str.contains("\\", literal=True))
        .then(trimmed.str.replace_many(list(_ESCAPES), list(_ESCAPES.values())))
        .otherwise(trimmed)
    )
