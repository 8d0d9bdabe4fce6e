"""Checks the order of causes: what a sentence calls a cause must not come later than what it calls the effect.

Comes in: the segments of one sentence with the facts that each cites. Goes out: the segments without the words that
join them. A cause and its effect must each cite their own facts, so that there are two times to compare.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from hotfix.diagnosis.claimfacts import Citable
from hotfix.diagnosis.claimtext import FormError, Segment
from hotfix.diagnosis.claimwords import load_claim_words

_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


@dataclass(frozen=True, slots=True)
class _Joint:
    """The words that join a segment to its neighbour."""

    behind: bool  # the cause stands behind these words
    lag: str | None  # a span of time that is claimed between the two
    unit: str | None
    end: int  # of these words in the text


def check_order(segments: Sequence[Segment], cited: Sequence[Sequence[Citable]]) -> tuple[Segment, ...]:
    """Return the segments without joining words, in order.

    Raises:
        FormError: a cause comes after its effect, one of both has no time, or a span between them is another.
    """
    bare, joined = list(segments), set[int]()
    for place, segment in enumerate(segments):
        joint = _find_joint(segment.text)
        if joint is None:
            continue
        other = place - 1 if place else 1
        if other >= len(segments) or (not place and not joint.behind):
            raise FormError("it names a cause and an effect, and does not cite each on its own")
        cause, effect = (place, other) if joint.behind else (other, place)
        _compare(cited[cause], cited[effect], joint)
        bare[place] = replace(segment, text=segment.text[joint.end :])
        joined.add(max(place, other))
    if len(joined) < len(segments) - 1:
        raise FormError("it puts two claims together without a word for their order: each needs a sentence of its own")
    return tuple(bare)


def _compare(causes: Sequence[Citable], effects: Sequence[Citable], joint: _Joint) -> None:
    for fact in (*causes, *effects):
        if fact.at is None:
            raise FormError(f"{fact.id} has no time that could show what came first")
    lags = {(one.id, other.id): other.at - one.at for one in causes for other in effects if one.at and other.at}
    for (cause, effect), lag in lags.items():
        if lag < timedelta(0):
            raise FormError(f"its cause ({cause}) came after its effect ({effect})")
    if joint.lag and not any(_is_near(lag, joint) for lag in lags.values()):
        raise FormError(f"{joint.lag} {joint.unit} do not lie between the times of what it cites")


def _is_near(lag: timedelta, joint: _Joint) -> bool:
    """Tell whether a lag rounds to what is claimed."""
    said, unit_s = joint.lag or "", _SECONDS[joint.unit or "s"]
    decimals = len(said.partition(".")[2])
    return f"{lag.total_seconds() / unit_s:.{decimals}f}" == said


def _find_joint(text: str) -> _Joint | None:
    found = _joints().match(text)
    if found is None:
        return None
    unit = load_claim_words().units.get(found["unit"] or "")
    if found["lag"] and unit not in _SECONDS:
        return None
    return _Joint(found["behind"] is not None, found["lag"], unit, found.end())


@cache
def _joints() -> re.Pattern[str]:
    words = load_claim_words()
    between, units = "|".join(words.between), "|".join(map(re.escape, words.units))
    behind, before = "|".join(words.cause_behind), "|".join(words.cause_before)
    return re.compile(
        rf"[\s,;:]*(?:(?:{between})[\s,;:]+)*(?:(?P<lag>\d+(?:\.\d+)?)\s?(?P<unit>{units})\s+)?"
        rf"(?:(?P<behind>{behind})|(?P<before>{before}))\b(?!\s+(?:\d{{4}}-|\d\d?:\d\d))",
        re.IGNORECASE,
    )
