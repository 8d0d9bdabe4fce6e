"""Turns a share into whole weights of servers, and back. Pure arithmetic."""

from collections.abc import Sequence

from hotfix.rollout.traffic.limits import SHARE_EXACT


def choose_weights(share: float, new: Sequence[int], old: Sequence[int], most: int) -> tuple[list[int], list[int]]:
    """Return small weights of the new and of the old servers that send a share to the new ones.

    Servers of one version keep the proportions of their initial weights; where all of those are zero they are equal.

    Args:
        share: 0..1.
        new: initial weights of the new servers, at least one.
        old: of the old servers, at least one.
        most: largest weight allowed.
    """
    wanted = [*_split(share, new), *_split(1 - share, old)]
    weights, fault = list[int](), float("inf")
    for top in range(1, most + 1):
        tried = _round_weights(wanted, top)
        error = max(abs(weight / sum(tried) - part) for weight, part in zip(tried, wanted, strict=True))
        if error < fault:
            weights, fault = tried, error
        if fault <= SHARE_EXACT:
            break
    return weights[: len(new)], weights[len(new) :]


def find_share(new: Sequence[int], old: Sequence[int]) -> float | None:
    """Return the share that weights send to the new servers; None when all of them are zero."""
    total = sum(new) + sum(old)
    return sum(new) / total if total else None


def _split(whole: float, weights: Sequence[int]) -> list[float]:
    parts = weights if any(weights) else [1] * len(weights)
    return [whole * part / sum(parts) for part in parts]


def _round_weights(wanted: Sequence[float], top: int) -> list[int]:
    """Return weights in the wanted proportions, the largest `top`; what is wanted a little gets at least 1."""
    scale = top / max(wanted)
    return [max(1, round(part * scale)) if part else 0 for part in wanted]
