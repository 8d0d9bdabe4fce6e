"""Takes container wrappers and terminal colours off lines, so that the format inside can be read.

Blocks of text come in; one row per inner line comes out, in order of lines. Long lines that the runtime cut in pieces
are put together, across blocks as well.
"""

import json
import re
from dataclasses import dataclass, field

import polars as pl

from hotfix.core.settings import MAX_LINE_BYTES, WRAPPER_SHARE
from hotfix.ingest.formats import Wrapper

LINES = pl.Schema(
    {
        "text": pl.String(),  # the line inside the wrapper
        "line": pl.UInt32(),  # number of its first physical line
        "span": pl.UInt32(),  # physical lines from its first piece to its last
        "time": pl.String(),  # what the wrapper says; null without a wrapper
        "service": pl.String(),
        "host": pl.String(),
        "stream": pl.String(),  # lines of different streams do not continue each other
    }
)
_PARTS = ("time", "service", "host", "stream")
_CUT = pl.Schema({**LINES, "whole": pl.Boolean()})
_COLOURS = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~])?")
_ESCAPES = {r"\n": " ", r"\r": " ", r"\t": "\t", r"\"": '"', r"\/": "/", r"\\": "\\"}


@dataclass(frozen=True, slots=True)
class Inner:
    """Lines without their wrapper: LINES in order of lines, and the same texts as newline-ended bytes."""

    lines: pl.DataFrame
    text: bytes


def find_wrapper(sample: pl.Series, wrappers: tuple[Wrapper, ...]) -> Wrapper | None:
    """Return the wrapper that most sample lines carry, or None when fewer than WRAPPER_SHARE do."""
    filled = sample.filter(sample != "")
    shares = [int(filled.str.contains(wrapper.pattern).sum()) for wrapper in wrappers]
    best = max(shares, default=0)
    return wrappers[shares.index(best)] if best and best >= WRAPPER_SHARE * len(filled) else None


def unwrap_lines(text: bytes, first_line: int, wrapper: Wrapper | None) -> Inner:
    """Return the inner lines of newline-ended text whose first line is number ``first_line``."""
    return Unwrapper(wrapper).unwrap(text, first_line, final=True)


@dataclass(slots=True)
class Unwrapper:
    """Unwraps the blocks of one file; keeps the pieces of lines that go on in the next block."""

    wrapper: Wrapper | None
    _pieces: pl.DataFrame = field(default_factory=_CUT.to_frame)

    def unwrap(self, text: bytes, first_line: int, *, final: bool = False) -> Inner:
        """Return the inner lines of newline-ended text whose first line is number ``first_line``.

        Args:
            text: whole lines, the next ones of the file.
            first_line: number of the first of them.
            final: no more lines follow, so that pieces are lines.
        """
        if b"\x1b" in text:
            text = _COLOURS.sub(b"", text)
        raw = pl.read_lines(text).to_series().alias("text") if text else pl.Series("text", [], dtype=pl.String)
        lines = pl.DataFrame({"text": raw, "line": pl.int_range(first_line, first_line + len(raw), eager=True)})
        if self.wrapper is None:
            return Inner(lines.select(_with_defaults(lines.columns)), text)
        joined = self._join_pieces(_take_off(lines, self.wrapper), final=final)
        inner = join_lines(joined["text"])
        if b"\x1b" not in inner:
            return Inner(joined, inner)
        inner = _COLOURS.sub(b"", inner)
        return Inner(joined.with_columns(pl.read_lines(inner).to_series().alias("text")), inner)

    def _join_pieces(self, lines: pl.DataFrame, *, final: bool) -> pl.DataFrame:
        """Join each line that is not whole with the next ones of its stream, up to one that is."""
        lines = pl.concat([self._pieces, lines]) if len(self._pieces) else lines
        self._pieces = self._pieces.clear()
        if lines["whole"].all():
            return lines.select(LINES.names())
        begins = pl.col("whole").shift(1, fill_value=True).over("stream")
        parted = lines.with_columns(part=begins.cum_sum().over("stream"))
        if not final:
            unfinished = ~pl.col("whole").last().over("stream", "part") & (
                pl.col("text").str.len_bytes().sum().over("stream", "part") < MAX_LINE_BYTES
            )
            self._pieces = parted.filter(unfinished).select(_CUT.names())
            parted = parted.filter(~unfinished)
        return (
            parted.group_by("stream", "part", maintain_order=True)
            .agg(
                pl.col("text").str.join(""),
                pl.col("line").first(),
                (pl.col("line").last() - pl.col("line").first() + 1).alias("span"),
                *(pl.col(name).first() for name in _PARTS if name != "stream"),
            )
            .sort("line")
            .select(LINES.names())
        )


def join_lines(texts: pl.Series) -> bytes:
    """Return texts as bytes, each ended by a newline."""
    return bytes(texts.str.join("\n").cast(pl.Binary).item()) + b"\n" if len(texts) else b""


def _with_defaults(names: list[str]) -> list[pl.Expr]:
    """Return the columns of LINES: those named as they are, a span of one, the others null."""
    defaults: dict[str, int | None] = {"span": 1}
    return [
        (pl.col(name) if name in names else pl.lit(defaults.get(name))).cast(dtype).alias(name)
        for name, dtype in LINES.items()
    ]


def _take_off(lines: pl.DataFrame, wrapper: Wrapper) -> pl.DataFrame:
    """Return LINES, and whether each is whole; a line that the wrapper does not match stays as it is."""
    raw = pl.col("text")
    inner = _cut_inner(raw, wrapper)
    fits = inner.str.len_bytes() < raw.str.len_bytes()
    whole = pl.lit(value=True) if wrapper.whole is None else raw.str.contains(wrapper.whole) | ~fits
    cut = lines.with_columns(inner, whole=whole, escaped=fits, **{p: _extract(wrapper, p) for p in _PARTS})
    if wrapper.escaped:
        cut = cut.with_columns(pl.when("escaped").then(_unescape(raw)).otherwise(raw))
    apart = pl.concat_str("service", "host", "stream", separator="\t", ignore_nulls=True)
    return cut.with_columns(stream=apart, span=pl.lit(1)).select(_CUT.names()).cast(_CUT)


def _cut_inner(raw: pl.Expr, wrapper: Wrapper) -> pl.Expr:
    """Return the line inside; to strip what stands before it is four times as fast as to extract the rest."""
    if wrapper.inner == f"{wrapper.pattern}(.*)$":
        return raw.str.replace(wrapper.pattern, "")
    return raw.str.extract(wrapper.inner).fill_null(raw)


def _extract(wrapper: Wrapper, part: str) -> pl.Expr:
    regex: str | None = getattr(wrapper, part)
    return pl.lit(None, dtype=pl.String) if regex is None else pl.col("text").str.extract(regex)


def _unescape(text: pl.Expr) -> pl.Expr:
    r"""Undo JSON escapes; a line break at the end is dropped, one inside becomes a space, ``\\`` is undone last."""
    trimmed = text.str.strip_suffix(r"\n").str.strip_suffix(r"\r")
    simple = trimmed.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    exact = trimmed.map_elements(_unescape_alone, return_dtype=pl.String)
    return (
        pl.when(trimmed.str.contains(r"\u", literal=True))
        .then(exact)
        .when(trimmed.str.contains("\\", literal=True))
        .then(simple)
        .otherwise(trimmed)
    )


def _unescape_alone(text: str) -> str:
    try:
        plain = str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
    return " ".join(plain.encode(errors="replace").decode().splitlines())
