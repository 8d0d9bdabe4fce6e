"""Cuts a value out of lines by the texts around it: one line teaches the texts, a column of like lines is cut by them.

Like lines are those of one key: they differ in digits and ids only. What a regex finds in one of them stands between
the same texts in all, and to look for these takes half the time of a regex with a group.
"""

import re
from typing import NamedTuple

import polars as pl

from hotfix.ingest.hexwords import VARYING


class Between(NamedTuple):
    """The texts around a value."""

    before: str  # the value begins behind the first one in the line
    after: str  # it ends before the next one, at the line's end where there is none; empty: always there


def learn_between(line: str, regex: re.Pattern[str]) -> Between | None:
    """Return the texts around what a regex with one group finds; None where like lines might differ in them."""
    found = regex.search(line)
    if found is None or not line.isascii():  # columns look for bytes and cut by characters
        return None
    between = Between(line[found.start() : found.start(1)], line[found.end(1) : found.end(1) + 1])
    varies = between.after.isalnum() or VARYING.search(between.before)
    if varies or not between.before or line.find(between.before) != found.start():
        return None
    return None if between.after and between.after in found[1] else between


def cut_between(lines: pl.Series, between: Between) -> pl.Series:
    """Return what stands between the texts in each line; null where the first is missing."""
    values = lines.str.slice(lines.str.find(between.before, literal=True) + len(between.before))
    return values.str.slice(0, values.str.find(between.after, literal=True)) if between.after else values
