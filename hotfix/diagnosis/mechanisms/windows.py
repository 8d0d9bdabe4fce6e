"""Finds the job during whose runs things go wrong: pairs of records that start and finish it, against the bad periods.

A scene comes in, clues go out. A job that runs most of the time, or beside whose runs it is as bad, is silent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.settings import (
    BAD_GAP_S,
    BAD_GAP_SHARE,
    BEFORE_SLACK_S,
    PERIODS_INTERMITTENT,
    WINDOW_COVER_MOST,
    WINDOW_INSIDE,
    WINDOW_LIFT,
    WINDOW_RECORDS,
    WINDOW_RUNS_MOST,
    WINDOW_TAIL_S,
    WINDOW_TAIL_SHARE,
)
from hotfix.diagnosis.case import GRAVE
from hotfix.diagnosis.headline import shorten
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.messages import COLUMNS, Entry, open_entries, split_words, words_of
from hotfix.signal.jobwords import COMMON, FINISHES, STARTS
from hotfix.signal.series import is_grave

_NAMES = frozenset(
    {"job", "task", "name", "cron", "unit", "step", "schedule", "script", "command", "workflow", "operation"}
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; an unfinished one lasts to the end of the data."""

    start: Entry
    end: datetime

    @property
    def reach(self) -> tuple[datetime, datetime]:
        """From when to when its harm may show."""
        length = self.end - self.start.time
        tail = max(timedelta(seconds=WINDOW_TAIL_S), length * WINDOW_TAIL_SHARE)
        return self.start.time - timedelta(seconds=BEFORE_SLACK_S), self.end + tail


@dataclass(frozen=True, slots=True)
class Bad:
    """When things went wrong: seconds with failures and their number, and the first second of each bad period."""

    seconds: Sequence[tuple[datetime, int]]
    begins: Sequence[datetime]


def find_windows(scene: Scene) -> Iterable[Clue]:
    """Return the jobs during whose runs all goes wrong, strongest first."""
    bad = _find_bad(scene)
    if not bad.begins:
        return ()
    jobs = _pair_runs(open_entries(scene.case, _find_edges(scene)), scene.case.last)
    clues = [clue for name, runs in jobs.items() if (clue := _judge(scene, name, runs, bad, len(jobs)))]
    return tuple(sorted(clues, key=lambda clue: -clue.strength)[:3])


def _find_bad(scene: Scene) -> Bad:
    """Return when the suspects came, of messages that are errors only errors; without any, when the changes were."""
    case = scene.case
    kinds = pl.DataFrame(
        [(suspect.template_id, suspect.service, suspect.level in GRAVE) for suspect in scene.suspects],
        schema={"template_id": pl.String, "service": pl.String, "grave": pl.Boolean},
        orient="row",
    ).unique()
    second = pl.col("time").dt.truncate("1s").alias("second")
    rows = (
        case.records.filter(pl.col("time").is_between(case.first, case.last))
        .with_columns(pl.col("service").cast(pl.String))
        .join(kinds.lazy(), on=["template_id", "service"])
        .filter(~pl.col("grave") | is_grave())
        .group_by(second)
        .len()
        .collect(engine="streaming")
        .sort("second")
        .rows()
    )
    seconds = rows or _changed_seconds(scene)
    gap = timedelta(seconds=max(BAD_GAP_S, (case.last - case.first).total_seconds() * BAD_GAP_SHARE))
    periods: list[list[tuple[datetime, int]]] = []
    for one in seconds:
        if not periods or one[0] - periods[-1][-1][0] > gap:
            periods.append([])
        periods[-1].append(one)
    few = 0.02 * sum(count for _, count in seconds)
    return Bad(seconds, [period[0][0] for period in periods if sum(count for _, count in period) >= few])


def _changed_seconds(scene: Scene) -> list[tuple[datetime, int]]:
    harmful = [change for change in scene.case.changes if scene.case.is_harmful(change)]
    ends = [
        (change.at, change.until or scene.case.last) for change in harmful if change.at >= scene.incident.started_at
    ]
    steps = [(begin + (end - begin) * share / 10, 1) for begin, end in ends[:50] for share in range(11)]
    return sorted(steps)


def _find_edges(scene: Scene) -> pl.DataFrame:
    """Return the records whose message starts or finishes something, of services that do both."""
    starts: dict[str, list[str]] = defaultdict(list)
    finishes: dict[str, list[str]] = defaultdict(list)
    for template in sorted(scene.case.templates.values(), key=lambda one: (one.count, one.id)):
        if template.count > WINDOW_RUNS_MOST:
            continue
        words = words_of([template.text])
        for service in template.services:
            if words & STARTS:
                starts[service].append(template.id)
            if words & FINISHES:
                finishes[service].append(template.id)
    both = sorted(starts.keys() & finishes.keys())
    wanted = sorted({ident for service in both for ident in (*starts[service], *finishes[service])})
    rows = scene.case.records.filter(pl.col("template_id").is_in(wanted), pl.col("time").is_not_null()).select(COLUMNS)
    found = rows.with_columns(pl.col("service").cast(pl.String)).filter(pl.col("service").is_in(both))
    return found.collect(engine="streaming").sort("time", "file_id", "line").head(WINDOW_RECORDS)


def _pair_runs(entries: Sequence[Entry], last: datetime) -> dict[tuple[str, str], list[Run]]:
    """Return the runs of each (service, job), paired by the words that start and finish share."""
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
    waiting: list[tuple[Entry, list[str]]] = []
    for entry in entries:
        words = split_words(entry.message)
        if FINISHES.intersection(words):
            begun = _find_start(entry, waiting)
            if begun is not None:
                start, name = waiting.pop(begun[0]), begun[1]
                runs[entry.service, name].append(Run(start[0], entry.time))
                continue
        if STARTS.intersection(words):
            waiting.append((entry, _name_words(entry)))
    for left, words in waiting:
        for (service, name), known in runs.items():
            again = (
                service == left.service and {*name.split()} <= {*words} and left.time > max(run.end for run in known)
            )
            if again:
                known.append(Run(left, last))
    return runs


def _find_start(finish: Entry, waiting: Sequence[tuple[Entry, list[str]]]) -> tuple[int, str] | None:
    """Return the latest start of the same service and host that shares most of its words, and the job's name."""
    theirs = set(_name_words(finish))
    for index in range(len(waiting) - 1, -1, -1):
        start, words = waiting[index]
        shared = theirs.intersection(words)
        same = start.service == finish.service and start.host == finish.host
        if same and shared and 2 * len(shared) >= min(len(set(words)), len(theirs)):
            return index, _say_name([word for word in words if word in shared])
    return None


def _say_name(words: Sequence[str]) -> str:
    return " ".join(list(dict.fromkeys(words))[:5])


def _name_words(entry: Entry) -> list[str]:
    """Return the words that say which job a record speaks of; named fields such as a job's name belong to it."""
    named = [value for name, value in entry.fields.items() if name.rsplit(".", 1)[-1].lower() in _NAMES]
    words = [word for text in (entry.message, *named) for word in split_words(text)]
    plain = [word for word in words if word not in STARTS | FINISHES and len(word) > 1]
    return [word for word in plain if word not in COMMON] or plain


def _judge(scene: Scene, name: tuple[str, str], runs: Sequence[Run], bad: Bad, jobs: int) -> Clue | None:
    service, job = name
    span_s = max((scene.case.last - scene.case.first).total_seconds(), 1e-9)
    reaches = [run.reach for run in runs]
    cover = min(_measure_union(reaches) / span_s, 1.0)
    if cover > WINDOW_COVER_MOST:
        return None
    total = sum(count for _, count in bad.seconds)
    inside = sum(count for moment, count in bad.seconds if _holds(reaches, moment)) / total
    hit = [begin for begin in bad.begins if _holds(reaches, begin)]
    if inside < max(WINDOW_INSIDE, WINDOW_LIFT * cover) or len(hit) < WINDOW_INSIDE * len(bad.begins):
        return None
    guilty = [run for run in runs if any(_holds([run.reach], begin) for begin in hit)]
    if not guilty:
        return None
    chance = min(jobs * cover ** len(hit), 1.0)
    strength = 0.9 * (1.0 - chance) * (0.4 + 0.6 * len(guilty) / len(runs))
    first = guilty[0]
    many = f"each of {len(hit)} bad periods" if len(hit) > 1 else "the bad period"
    statement = (
        f"{many} lies inside a run of '{job}' of {service}, {first.start.time:%H:%M:%S} to {first.end:%H:%M:%S}"
        f"{' and later' if len(guilty) > 1 else ''}, which runs {cover:.0%} of the time, "
        f"begun by '{shorten(first.start.message)}'"
    )
    again = job if len(hit) >= PERIODS_INTERMITTENT else ""
    return Clue("windows", service, statement, round(strength, 2), first.start.time, first.start.place, job=again)


def _holds(reaches: Sequence[tuple[datetime, datetime]], moment: datetime) -> bool:
    return any(begin <= moment + timedelta(seconds=1) and moment <= end for begin, end in reaches)


def _measure_union(reaches: Sequence[tuple[datetime, datetime]]) -> float:
    """Return the seconds that at least one reach covers."""
    covered, until = 0.0, None
    for begin, end in sorted(reaches):
        start = begin if until is None else max(begin, until)
        covered += max((end - start).total_seconds(), 0.0)
        until = end if until is None else max(until, end)
    return covered
