"""Turns cut-out texts into levels, statuses and durations: columns of texts come in, typed columns go out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import LEVEL
from hotfix.ingest.formats import Layout
from hotfix.ingest.keys import LEVELS, PER_LINE
from hotfix.ingest.numbering import NONE
from hotfix.ingest.severity import guess_level

_DURATION = r"^([0-9.]+) ?(ns|us|µs|ms|s|m|h)?$"
_UNIT_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
LEVEL_OF = pl.Series(LEVELS, dtype=LEVEL)
"""The level at each position."""


def read_guesses(lines: pl.Series, rows: NDArray[np.void]) -> pl.Series:
    """Return the level that the wording of each line speaks of; null where it tells nothing."""
    guesses = rows["guess"].copy()
    asked = np.flatnonzero(guesses == PER_LINE)
    levels = [guess_level(text) for text in lines.gather(asked).to_list()]
    guesses[asked] = [NONE if level is None else LEVELS.index(level) for level in levels]
    return LEVEL_OF.gather(pl.Series(guesses, dtype=pl.Int8).replace(NONE, None))


def read_statuses(texts: pl.Series) -> pl.Series:
    """Return HTTP statuses; null where a number is none."""
    numbers = texts.cast(pl.Int16, strict=False)
    return numbers.set(~numbers.is_between(100, 599), None)


def read_levels(texts: pl.Series, layout: Layout) -> pl.Series:
    """Return the level that each text stands for in this layout; null for unknown words."""
    words = {word: level.value for word, level in layout.levels.items()}
    return texts.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String).cast(LEVEL)


def parse_durations(texts: pl.Series, to_ms: float | None) -> pl.Series:
    """Return durations in milliseconds; null where the text is no duration.

    Args:
        texts: numbers, with their unit where ``to_ms`` is None (no unit then means milliseconds).
        to_ms: milliseconds per unit of the number.
    """
    if to_ms is not None:
        return texts.cast(pl.Float64, strict=False) * to_ms
    number = texts.str.extract(_DURATION, 1).cast(pl.Float64, strict=False)
    unit = texts.str.extract(_DURATION, 2).fill_null("ms")
    return number * unit.replace_strict(_UNIT_MS, default=None, return_dtype=pl.Float64)
