"""Finds settings that a program tells at its start, and tells otherwise at a later one: ``16 threads``, ``1 threads``.

Start-up messages of one service come in, in order of time; the changed value of each comes out. What differs at every
start (processes, ports, durations, versions) is no setting.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hotfix.core.settings import START_SLACK_S

_PASSING = re.compile(
    r"v?\d+(?:\.\d+){1,}[\w.+-]*|v\d[\w.+-]*|(?=[a-f\d-]*\d)[a-f\d-]{7,64}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?"
    r"|\d{4}-\d\d-\d\dT?\S*|\d\d:\d\d:\d\d\S*|\[\d+\]|#\d+|\S*[/\\]\S*\d\S*\.\w+"
)
"""What may differ between two starts that are alike: versions, revisions, addresses, times, processes, files."""
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:%|[A-Za-z]{1,7})?")
_VALUE = re.compile(
    r"\d+(?:,\d{3})*(?:\.\d+)?(?:%|[A-Za-z]{1,7})?|true|false|on|off|enabled|disabled|yes|no", re.IGNORECASE
)
_PAIR = re.compile(r"(?P<name>[A-Za-z_][\w.-]*)[=:](?P<value>[^=]+)")
_URL = re.compile(r"[a-z][a-z0-9+]*://\S+")
_EDGE = " ,;()[]{}\"'`"
_THINGS = (
    "pid process port id worker instance node shard partition replica attempt run build revision line number at ppid "
    "generation epoch host thread session version in took after"
)
_WHICH = frozenset(_THINGS.split())
"""Words before a number that say which one it is, or how long a start took."""
_SETTINGS = re.compile(
    r"(?i)threads?|workers?|pool|size|max|min|limit|timeout|heap|memory|connections?|concurren|replicas?|cache|buffer"
    r"|batch|queue|capacity|retr|interval|rate|quota|process(?:es|ors)|cpus?|level|mode|enabled|ttl|backlog|executors?"
)
"""Words that name a setting, so that two starts alone show that it changed."""
_OCCASIONS_UNNAMED = 4
"""Starts from which on a single step shows a setting, whatever it is called: three alike are no chance."""
_SLACK = timedelta(seconds=START_SLACK_S)


@dataclass(frozen=True, slots=True)
class StartValue:
    """A setting that a start tells, with what the start before told."""

    name: str
    before: str
    after: str


def find_start_values(starts: Sequence[tuple[datetime, str]]) -> Mapping[int, StartValue]:
    """Return the first setting that changed at each of the starts which told another value, by their positions.

    Starts within START_SLACK_S of each other are one occasion: the workers of one program. A value must be the same in
    all of an occasion, and must not differ from occasion to occasion, as numbers do that only describe a run.

    Args:
        starts: time and message of each start of one service, in order of time.
    """
    told: dict[tuple[str, str, int], list[tuple[int, str]]] = defaultdict(list)
    for position, (_, text) in enumerate(starts):
        frame, values = read_values(text)
        for place, (name, value) in enumerate(values):
            told[frame, name, place].append((position, value))
    found: dict[int, StartValue] = {}
    for (_, name, _), track in sorted(told.items(), key=lambda pair: pair[0][2]):
        for position, step in _find_steps(name, track, starts):
            found.setdefault(position, step)
    return found


def read_values(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a message without its values, and each value with the words that name it."""
    words = text.split()
    frame: list[str] = []
    values: list[tuple[str, str]] = []
    for index, word in enumerate(words):
        bare = word.strip(_EDGE)
        pair = _PAIR.fullmatch(bare)
        if pair and not _URL.fullmatch(bare):
            frame.append(f"{pair['name']}=")
            if not _PASSING.fullmatch(pair["value"]) and pair["name"].lower() not in _WHICH:
                values.append((pair["name"], pair["value"].strip(_EDGE)))
        elif _PASSING.fullmatch(bare):
            frame.append("#")
        elif _VALUE.fullmatch(bare) or _URL.fullmatch(bare):
            frame.append("#")
            values += _name_value(words, index, bare)
        else:
            frame.append(word)
    return " ".join(frame), values


def _name_value(words: Sequence[str], index: int, value: str) -> Iterator[tuple[str, str]]:
    """Yield a value with its name: the word behind a number, else the words before it; which-numbers have none."""
    before = [word.strip(_EDGE + ":=") for word in words[max(index - 2, 0) : index]]
    behind = words[index + 1].strip(_EDGE) if index + 1 < len(words) else ""
    ends = words[index][-1:] in {",", ";", ")"}
    if before and before[-1].lower() in _WHICH and not (_URL.fullmatch(value)):
        return
    if _NUMBER.fullmatch(value) and not ends and re.fullmatch(r"[A-Za-z][\w-]{2,}", behind):
        yield behind, value
    elif before:
        yield " ".join(word for word in before if word and not word[0].isdigit()) or value, value


def _find_steps(
    name: str, track: Sequence[tuple[int, str]], starts: Sequence[tuple[datetime, str]]
) -> Iterator[tuple[int, StartValue]]:
    occasions: list[list[tuple[int, str]]] = []
    for position, value in track:
        if not occasions or starts[position][0] - starts[occasions[-1][-1][0]][0] > _SLACK:
            occasions.append([])
        occasions[-1].append((position, value))
    if any(len({value for _, value in occasion}) > 1 for occasion in occasions):
        return
    steps = [(old[0][1], new[0]) for old, new in pairwise(occasions) if old[0][1] != new[0][1]]
    most = max(len(occasions) // 3, 1) if _SETTINGS.search(name) else int(len(occasions) >= _OCCASIONS_UNNAMED)
    if len(steps) > most:
        return
    for before, (position, after) in steps:
        yield position, StartValue(name, before, after)
