"""Compares what a sentence says with what a fact holds: times as far as they are written, numbers with unit, moves."""

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from hotfix.diagnosis.claimfacts import Number, to_decimal
from hotfix.diagnosis.claimwords import load_claim_words

NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(%|[A-Za-zµ]*)")
_FEWEST_DIGITS = 2
"""Digits that a rounded number must keep: fewer fit too many numbers."""


def is_same_time(moment: datetime, found: re.Match[str]) -> bool:
    """Tell whether a moment is the one that is written, as far as it is written."""
    utc = moment.astimezone(UTC)
    if found["date"] and utc.date().isoformat() != found["date"]:
        return False
    return found["clock"] is None or utc.time().isoformat("microseconds").startswith(found["clock"].rstrip("."))


def is_same(value: Decimal, unit: str | None, near: frozenset[str], number: Number) -> bool:
    """Tell whether a number of a fact is the one that a sentence says."""
    if near and not near & number.near:
        return False
    if unit == number.unit:
        return _rounds_to(number.value, value)
    if unit == "%" and number.unit is None:
        return "share" in number.near and 0 < number.value < 1 and _rounds_to(number.value * 100, value)
    return (
        unit is not None and number.unit is None and unit.casefold() in number.near and _rounds_to(number.value, value)
    )


def _rounds_to(exact: Decimal, said: Decimal) -> bool:
    if exact == said:
        return True
    digits, exponent = said.as_tuple().digits, said.as_tuple().exponent
    coarser = isinstance(exponent, int) and exponent > int(exact.as_tuple().exponent)
    return coarser and len(digits) >= _FEWEST_DIGITS and exact.quantize(said, ROUND_HALF_UP) == said


def is_moved(before: str, after: str, moved: tuple[str, str], told: frozenset[str]) -> bool:
    """Tell whether two values are those before and after of a fact; ``told`` are its words, a unit may be of them."""
    near = frozenset(word for word in told if len(word) > 1)
    return all(_is_same_value(said, true, near) for said, true in zip((before, after), moved, strict=True))


def _is_same_value(said: str, true: str, near: frozenset[str]) -> bool:
    one, other = (NUMBER.fullmatch(value.replace(" ", "")) for value in (said, true))
    if one is None or other is None:
        return said == true
    units = load_claim_words().units
    unit, true_unit = units.get(one[2]), units.get(other[2])
    return is_same(to_decimal(one[1]), unit, frozenset(), Number(to_decimal(other[1]), true_unit, near))
