"""The result of a run as JSON, schema `hotfix.bench/1`, read back, and compared with another run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from hotfix import __version__
from hotfix.bench.models import models_to_json
from hotfix.bench.scoring import Score, add_up, add_up_naive
from hotfix.core.errors import InputError

SCHEMA = "hotfix.bench/1"
_NO_RANK = 1_000
_ONSET_TOLERANCE_S = 1.0
"""Onsets that move by less than this are no difference."""


def to_json(
    scores: Sequence[Score], folder: str, without: Sequence[str], models: Mapping[str, Sequence[Score]] | None = None
) -> dict[str, object]:
    """Return a run in the shape of schema `hotfix.bench/1`; `models` are runs on the same incidents by model."""
    naive = {
        rule: {"service_at_1": services, "cause_at_1": causes}
        for rule, (services, causes) in add_up_naive(scores).items()
    }
    return {
        "schema": SCHEMA,
        "version": __version__,
        "folder": folder,
        "without": list(without),
        "incidents": [asdict(score) for score in scores],
        "totals": asdict(add_up(scores)),
        "naive": naive,
        "models": models_to_json(models or {}),
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What two runs are compared by, of one incident."""

    verdict_right: bool
    service_rank: int | None
    cause_rank: int | None
    onset_error_s: float | None
    clues_named: int


def take_outcomes(scores: Sequence[Score]) -> dict[str, Outcome]:
    """Return the outcome of each incident by its name."""
    return {score.name: _to_outcome(asdict(score)) for score in scores}


def read_outcomes(path: Path) -> dict[str, Outcome]:
    """Return the outcomes of a stored run by name.

    Raises:
        InputError: the file cannot be read, or is no run of ``hotfix bench --json``.
    """
    try:
        stored = json.loads(path.read_text("utf-8"))
        if stored["schema"] != SCHEMA:
            raise InputError(f"{path}: expected schema {SCHEMA}, found {stored['schema']}")
        return {str(one["name"]): _to_outcome(one) for one in stored["incidents"]}
    except OSError as error:
        raise InputError(f"{path}: expected a stored run, found: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: expected what hotfix bench --json prints, found something else") from None


def _to_outcome(one: Mapping[str, object]) -> Outcome:
    named, rank_service, rank_cause, error = (
        one[key] for key in ("clues_named", "service_rank", "cause_rank", "onset_error_s")
    )
    if not isinstance(named, (list, tuple)) or not all(
        value is None or isinstance(value, (int, float)) for value in (rank_service, rank_cause, error)
    ):
        raise TypeError
    return Outcome(
        verdict_right=one["verdict"] == one["verdict_true"],
        service_rank=rank_service,  # type: ignore[arg-type]  # checked above
        cause_rank=rank_cause,  # type: ignore[arg-type]
        onset_error_s=error,  # type: ignore[arg-type]
        clues_named=len(named),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about one incident that differs between two runs."""

    name: str
    what: str
    before: str
    after: str
    is_worse: bool


def compare(before: Mapping[str, Outcome], after: Mapping[str, Outcome]) -> tuple[Difference, ...]:
    """Return what differs between two runs, by incident; incidents of only one run are told as such."""
    missing = [Difference(name, "incident", "scored", "not in this run", True) for name in before if name not in after]
    added = [Difference(name, "incident", "not in that run", "scored", False) for name in after if name not in before]
    both = [difference for name in after if name in before for difference in _differ(name, before[name], after[name])]
    return (*missing, *added, *both)


def _differ(name: str, old: Outcome, new: Outcome) -> list[Difference]:
    found = []
    if old.verdict_right != new.verdict_right:
        said = {True: "right", False: "wrong"}
        found.append(
            Difference(name, "verdict", said[old.verdict_right], said[new.verdict_right], not new.verdict_right)
        )
    for what, was, now in (
        ("service rank", old.service_rank, new.service_rank),
        ("cause rank", old.cause_rank, new.cause_rank),
    ):
        if was != now:
            worse = (now or _NO_RANK) > (was or _NO_RANK)
            found.append(Difference(name, what, str(was or "none"), str(now or "none"), worse))
    was_s, now_s = (abs(one.onset_error_s) if one.onset_error_s is not None else None for one in (old, new))
    if was_s is not None and now_s is not None and abs(now_s - was_s) >= _ONSET_TOLERANCE_S:
        found.append(Difference(name, "onset error", f"{was_s:.1f} s", f"{now_s:.1f} s", now_s > was_s))
    if old.clues_named != new.clues_named:
        worse = new.clues_named < old.clues_named
        found.append(Difference(name, "clues named", str(old.clues_named), str(new.clues_named), worse))
    return found
