"""Reads the candidates that `hotfix patch` wrote into `patch.json`, for whoever tests them one after the other."""

import json
from dataclasses import dataclass

from hotfix.core.errors import InputError
from hotfix.repair.contract import PATCH_JSON

_LOST = "\ufffd"  # stands for bytes that JSON cannot hold


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate that passed its gates."""

    place: int  # among the candidates of `patch.json`, 0 is the best before any test
    rung: str
    diff: bytes
    lines: int  # added and removed
    mitigation: bool


def read_offers(text: str) -> tuple[Offer, ...]:
    """Return the candidates of a `patch.json` that passed their gates, in its order.

    One whose diff has bytes that JSON cannot hold is left out, but for the first: that one is in `patch.diff`.

    Raises:
        InputError: the text is not what `hotfix patch` writes.
    """
    try:
        offers = [_read(place, one) for place, one in enumerate(json.loads(text)["candidates"]) if one["passed"]]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"expected the candidates of hotfix patch in {PATCH_JSON}, found something else") from None
    return tuple(one for one in offers if one.place == 0 or _LOST.encode() not in one.diff)


def _read(place: int, one: dict[str, object]) -> Offer:
    files = one["files"]
    if not isinstance(files, list):
        raise TypeError
    return Offer(
        place=place,
        rung=str(one["rung"]),
        diff=str(one["diff"]).encode(),
        lines=sum(int(file["added"]) + int(file["removed"]) for file in files),
        mitigation=bool(one["mitigation_only"]),
    )
