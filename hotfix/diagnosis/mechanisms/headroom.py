"""Tells that what an error calls exhausted is not: the space told as free shortly before would have lasted on.

A scene comes in; one clue for each failing service goes out whose errors say that no space is left, while its own
records still told of space, or told that something else than space, the number of files, had run out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from hotfix.core.settings import (
    BEFORE_SLACK_S,
    HEADROOM_PERCENT,
    HEADROOM_REACH_SHARE,
    HEADROOM_RECORDS,
    HEADROOM_STEPS,
    HEADROOM_TEMPLATES,
)
from hotfix.core.text import say_span
from hotfix.diagnosis.case import GRAVE
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.messages import COLUMNS, Entry, open_entries, words_of
from hotfix.diagnosis.mechanisms.quantities import Quantity, read_quantities

NAME = "headroom"

_EXHAUSTED = re.compile(
    r"(?i)\b(?:no|not enough|insufficient|out of|without|lack of)\b[^.\n]{0,24}\b(?:space|room|storage)\b|\bENOSPC\b"
    r"|\b(?:disk|volume|device|file ?system|partition|storage)\b[^.\n]{0,16}\bfull\b"
)
_LEFT = frozenset(("free", "available", "avail", "left", "remaining", "unused"))
_TAKEN = frozenset(("used", "usage", "use", "full", "occupied", "utilization", "utilisation"))
_SPACE = frozenset(("disk", "volume", "filesystem", "fs", "space", "storage", "mount", "partition", "device", "df"))
_FILES = frozenset(("inode", "inodes", "iuse", "ifree", "iused"))
_OTHER = frozenset(("memory", "mem", "heap", "rss", "swap", "ram", "cache", "buffer", "buffers", "jvm", "gc", "pool"))
"""Words of a number that says how much is left or taken, of what, and of what else."""

_Track = Sequence[tuple[Entry, Quantity]]


def find_headroom(scene: Scene) -> Iterator[Clue]:
    """Yield a clue for each failing service whose records told of space while its errors say that none is left."""
    failing = {suspect.service for suspect in scene.suspects if _EXHAUSTED.search(suspect.excerpt)}
    if not failing:
        return
    tracks: dict[tuple[str, str], list[tuple[Entry, Quantity]]] = defaultdict(list)
    for entry in open_entries(scene.case, _choose_records(scene, failing)):
        for quantity in read_quantities(entry):
            tracks[entry.service, quantity.name].append((entry, quantity))
    for service in sorted(failing):
        own = {name: track for (owner, name), track in tracks.items() if owner == service}
        clue = _find_files(scene, service, own) or _find_space(scene, service, own)
        if clue is not None:
            yield clue


def _choose_records(scene: Scene, failing: set[str]) -> pl.DataFrame:
    """Return the last HEADROOM_RECORDS before the onset of each message that tells of space or files."""
    told = [
        one
        for one in scene.case.templates.values()
        if one.level not in GRAVE
        and failing.intersection(one.services)
        and words_of([one.text]) & (_LEFT | _TAKEN | _FILES)
    ]
    idents = [one.id for one in sorted(told, key=lambda one: (-one.count, one.id))[:HEADROOM_TEMPLATES]]
    order = ["time", "file_id", "line"]
    keys = ("template_id", "service")
    whole = pl.struct([name for name in COLUMNS if name not in keys])
    known = scene.case.records.filter(
        pl.col("template_id").is_in(idents),
        pl.col("service").is_in(sorted(failing)),
        pl.col("time") <= scene.incident.started_at,
        ~pl.col("time_inferred"),
    )
    last = whole.top_k_by(order, HEADROOM_RECORDS).alias("last")
    return known.group_by(keys).agg(last).explode("last").collect(engine="streaming").unnest("last")


def _find_files(scene: Scene, service: str, tracks: Mapping[str, _Track]) -> Clue | None:
    """Return the clue of a number of files that had reached its end when space was said to be missing."""
    for track in tracks.values():
        entry = track[-1][0]
        if _is_near(scene, track) and _says_ended(entry):
            said = f"{service} said '{shorten(entry.message)}' at {entry.time:%H:%M:%S}: files ran out, not bytes"
            return Clue(NAME, service, said, 0.9, entry.time, entry.place)
    return None


def _says_ended(entry: Entry) -> bool:
    """Tell whether a record that speaks of inodes says that none is left: all taken or none free."""
    quantities = [one for one in read_quantities(entry) if one.unit != "bytes"]
    if not _FILES & words_of([entry.message, *entry.fields]):
        return False
    shares = [_read_share(one) for one in quantities if one.unit == "%" and one.words & _FILES]
    counts = [one.value for one in quantities if not one.unit and one.value > 0]
    none = any(not one.value and not one.unit and one.words & (_LEFT | _FILES) for one in quantities)
    return none or len(set(counts)) < len(counts) or any(share <= HEADROOM_PERCENT / 2 for share in shares)


def _read_share(quantity: Quantity) -> float:
    """Return what a percentage says is left."""
    left = quantity.words & _LEFT and not quantity.words & _TAKEN
    return quantity.value if left else 100 - quantity.value


def _find_space(scene: Scene, service: str, tracks: Mapping[str, _Track]) -> Clue | None:
    """Return the clue of space that was told shortly before the onset and would have lasted; None where any ran out."""
    found: list[tuple[_Track, float]] = []
    for track in tracks.values():
        left = [value for _, quantity in track if (value := _read_left(quantity)) is not None]
        if len(left) < len(track) or not _is_near(scene, track):
            continue
        steps = (left[0] - left[-1]) / max(len(left) - 1, 1)
        share = left[-1] >= HEADROOM_PERCENT if track[-1][1].unit == "%" else left[-1] > 0
        if not share or left[-1] < HEADROOM_STEPS * steps:
            return None
        found.append((track, left[-1] / steps if steps > 0 else float("inf")))
    if not found:
        return None
    track, lasts = min(found, key=lambda one: one[1])
    entry = track[-1][0]
    ago = say_span((scene.incident.started_at - entry.time).total_seconds())
    pace = "without falling" if lasts == float("inf") else f"which would have lasted for {lasts:,.0f} records more"
    said = f"{service} still told of space {ago} before the onset, {pace}: '{shorten(entry.message)}'"
    return Clue(NAME, service, said, 0.8, entry.time, entry.place)


def _read_left(quantity: Quantity) -> float | None:
    """Return how much space a number says is left, in bytes or percent; None when it does not say it."""
    if quantity.words & (_OTHER | _FILES):
        return None
    if quantity.unit == "%" and quantity.words & _SPACE:
        return _read_share(quantity)
    return quantity.value if quantity.unit == "bytes" and quantity.words & _LEFT else None


def _is_near(scene: Scene, track: _Track) -> bool:
    """Tell whether a number was last told so shortly before the onset that it holds for it."""
    behind_s = (scene.incident.started_at - track[-1][0].time).total_seconds()
    healthy_s = (scene.incident.started_at - scene.case.first).total_seconds()
    return behind_s <= max(HEADROOM_REACH_SHARE * healthy_s, BEFORE_SLACK_S)
