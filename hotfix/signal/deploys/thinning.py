"""Thins out what repeats: sightings come in, those worth a reader's look and notes on the others go out."""

from collections.abc import Sequence

from hotfix.core.facts import DeployKind
from hotfix.core.settings import CHANGE_BURST_S, DEPLOYS_KEPT, OCCASIONS_KEPT, RESTART_BURST_S, VALUES_KEPT
from hotfix.signal.deploys.bursts import choose_occasions, find_bursts, is_scheduled
from hotfix.signal.deploys.contract import Origin, Sighting

_LEAST_TELLING = (DeployKind.RESTART, DeployKind.COMMIT, DeployKind.PACKAGE)


def thin_out(sightings: Sequence[Sighting]) -> tuple[list[Sighting], list[str]]:
    """Return sightings without mere repetitions, DEPLOYS_KEPT at most, and notes on what was left out."""
    groups: dict[tuple[str | None, str, bool], list[Sighting]] = {}
    kept: list[Sighting] = []
    notes: list[str] = []
    for one in sightings:
        if one.origin is Origin.LOG and one.kind is not DeployKind.DEPLOYMENT:
            groups.setdefault((one.service, one.kind, one.says_values), []).append(one)
        else:
            kept.append(one)
    for group in groups.values():
        some, note = _thin_group(group)
        kept += some
        notes += note
    kept.sort(key=lambda one: one.order)
    return _cap(kept, notes), notes


def _thin_group(group: Sequence[Sighting]) -> tuple[list[Sighting], list[str]]:
    """Keep the first of each burst; of a schedule only its first, of many bursts those after the longest quiet.

    Changes that say values are each their own, and VALUES_KEPT of them are kept.
    """
    if group[0].says_values:
        valued = [group[index] for index in choose_occasions([one.at for one in group], VALUES_KEPT)]
        note = f"{group[0].kind.value} of {_name(group[0])}: {len(group):,} changes of values, {len(valued)} listed"
        return valued, [note] if len(valued) < len(group) else []
    gap_s = RESTART_BURST_S if group[0].kind is DeployKind.RESTART else CHANGE_BURST_S
    bursts = [group[index] for index in find_bursts([one.at for one in group], gap_s)]
    times = [one.at for one in bursts]
    what = f"{group[0].kind.value} of {_name(group[0])}"
    if is_scheduled(times):
        return bursts[:1], [f"{what}: {len(group):,} times at regular intervals, only the first is listed"]
    kept = [bursts[index] for index in choose_occasions(times, OCCASIONS_KEPT)]
    if len(kept) == len(group):
        return kept, []
    return kept, [f"{what}: {len(group):,} times, {len(kept)} listed (the first of each burst)"]


def _name(one: Sighting) -> str:
    return one.service or "an unnamed service"


def _cap(kept: Sequence[Sighting], notes: list[str]) -> list[Sighting]:
    """Return DEPLOYS_KEPT sightings at most: of what tells least, only the latest."""
    if len(kept) <= DEPLOYS_KEPT:
        return list(kept)
    telling = {kind: weight for weight, kind in enumerate(_LEAST_TELLING, start=-len(_LEAST_TELLING))}
    ranked = sorted(kept, key=lambda one: (telling.get(one.kind, 0), one.at), reverse=True)
    notes.append(f"{len(kept):,} changes in the world were found, {DEPLOYS_KEPT} of them are listed")
    return sorted(ranked[:DEPLOYS_KEPT], key=lambda one: one.order)
