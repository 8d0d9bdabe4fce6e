"""What a document may speak of: the facts of its incident folder, its repository and its notes, and the product's own.

Comes in: an incident folder, the repository and further files. Goes out: the words, numbers, times and texts of them.
"""

import ast
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hotfix.core import settings
from hotfix.core.resources import find_resource
from hotfix.core.settings import EXCERPT_COLUMNS
from hotfix.learn import actionrules
from hotfix.learn.review import RCA
from hotfix.report.plain import shorten
from hotfix.report.reviewreport import OPEN
from tests.documents.numbers import Numbers, collect_numbers

_ROOT = Path(settings.__file__).parents[2]
_SPEAKING = ("report", "learn", "rollout", "repair", "core", "diagnosis", "signal", "ingest")
"""Packages whose sentences reach a document."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
ATOM = re.compile(r"[\w@~*]+(?:[./:@+~\\*-]+[\w@~*]+)*")
"""What is one name: letters, digits, and the marks between them of paths, versions, hosts and times."""

QUOTE_CHARACTERS = 20
"""A text of a source that is at least so long and stands whole in a document is quoted, and need not be checked."""

SENTENCE_SPACES = 4
"""A quote with so many spaces is a sentence: the same one with another number in it is a misquote."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that a document of one incident may say."""

    text: str  # of all sources, with single spaces
    quotes: tuple[str, ...]  # texts of the folder's JSON, whole and line by line, longest first
    atoms: frozenset[str]  # names and words, as they stand and in lower case
    sentences: tuple[str, ...]  # those of several words
    misquotable: frozenset[str]  # the sentences that hold numbers, each number as 0
    counted: frozenset[tuple[str, str, str]]  # a number in a text, between the words on either side
    numbers: Numbers
    lines: frozenset[float]  # of files, that the JSON or a patch names
    heights: frozenset[int]  # lines of each text of several lines, and of each place of a patch
    times: tuple[datetime, ...]
    spans: frozenset[float]  # seconds between two times of the incident: its marks, its events, the ends of its logs
    folders: tuple[Path, ...]  # in which a path may lie


def read_ground(folder: Path, repository: Path | None, further: Sequence[Path] = ()) -> Ground:
    """Return what the documents of an incident folder may say."""
    values = [value for path in sorted(folder.glob("*.json*")) for value in _read_json(path)]
    told = [one for value in values for one in (*_list_strings(value), *_list_places(value))]
    strings = [*told]
    strings += [one for path in further for one in _read_texts(path)]
    strings += [*_read_product(), folder.name, str(folder)]
    strings += [*_read_repository(repository), str(repository)] if repository else []
    strings += [path.name for path in folder.iterdir()]
    strings += [path.read_text("utf-8", "replace") for path in folder.glob("*.diff")]
    text = " ".join(" ".join(one.split()) for one in strings)
    times = tuple(sorted({time for found in _TIME.findall(text) if (time := read_time(found))}))
    days = {began + timedelta(days=one) for began in _list_onsets(values) for one in actionrules.DAYS.values()}
    return Ground(
        text=text,
        quotes=(quotes := _list_quotes(told)),
        sentences=(sentences := tuple(one for one in quotes if one.count(" ") >= SENTENCE_SPACES)),
        misquotable=frozenset(bare for one in sentences if (bare := re.sub(r"\d+", "0", one)) != one),
        atoms=frozenset(form for one in _list_atoms(text) for form in (one, one.lower())),
        counted=frozenset(pair for one in strings for pair in list_counted(one)),
        numbers=(numbers := collect_numbers([*values, *_list_questions(folder)])),
        lines=numbers.lines | {float(one) for one in re.findall(r"@@ -(\d+)", text)},
        heights=frozenset((*(one.rstrip("\n").count("\n") + 1 for one in told), *_list_heights(text))),
        times=(*times, *sorted(days)),
        spans=frozenset(_list_spans(values)),
        folders=(folder, *([repository] if repository else []), _ROOT, Path("/")),
    )


def read_time(text: str) -> datetime | None:
    """Return a time, in UTC where no zone is named; None for what is none."""
    try:
        time = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def list_counted(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each number of a text between the words on either side, which are empty at its ends."""
    words = ["", *ATOM.findall(text), ""]
    for before, word, behind in zip(words, words[1:], words[2:], strict=False):
        if word[:1].isdigit():
            yield before.lower(), word, behind.lower()


def _list_atoms(text: str) -> Iterator[str]:
    for atom in ATOM.findall(text):
        yield atom
        yield from re.split(r"[^\w]+", atom)


def _read_json(path: Path) -> Iterator[object]:
    text = path.read_text("utf-8")
    yield from map(json.loads, text.splitlines() if path.suffix == ".jsonl" else [text])


def _list_strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _list_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _list_strings(inner)


def _list_places(value: object) -> Iterator[str]:
    """Yield the places that are told in parts, as they are written: file, line, and last line."""
    if isinstance(value, dict):
        if isinstance(value.get("file"), str) and "line" in value:
            yield f"{value['file']}:{value['line']}"
            yield f"{value['file']}:{value['line']}-{value.get('end_line')}"
        yield from (place for inner in value.values() for place in _list_places(inner))
    elif isinstance(value, list):
        yield from (place for inner in value for place in _list_places(inner))


def _list_questions(folder: Path) -> Iterator[list[str]]:
    """Yield the questions that the review asks: how many they are may be told elsewhere."""
    if (folder / RCA).is_file():
        yield re.findall(rf"^{OPEN} .*", (folder / RCA).read_text("utf-8"), re.MULTILINE)


def _list_heights(text: str) -> Iterator[int]:
    """Yield how many lines each place of a patch has, before and after."""
    for found in re.findall(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@", text):
        yield from (int(one or 1) for one in found)


def _list_quotes(strings: Iterable[str]) -> tuple[str, ...]:
    lines = {" ".join(line.split()) for one in strings for line in (one, *one.split("\n"))}
    lines |= {shorten(one, EXCERPT_COLUMNS).removesuffix("…") for one in lines}
    return tuple(sorted((one for one in lines if len(one) >= QUOTE_CHARACTERS), key=lambda one: (-len(one), one)))


def _list_spans(values: Iterable[object]) -> Iterator[float]:
    anchors, others = list[datetime](), list[datetime]()
    for value in values:
        if not isinstance(value, dict):
            continue
        incident, inputs, details = (value.get(name) for name in ("incident", "inputs", "details"))
        if isinstance(incident, dict) and isinstance(inputs, dict):
            anchors += _read_times(incident.get(key) for key in ("started_at", "detected_at", "ended_at"))
            ends = _read_times(one.get(key) for one in inputs["files"] for key in ("first", "last"))
            anchors += [min(ends), max(ends)] if ends else []
            others += _read_times(one.get("at") for name in ("deploys", "changes") for one in value[name])
        anchors += _read_times([value.get("time"), details.get("started_at") if isinstance(details, dict) else None])
    yield from (abs((one - other).total_seconds()) for one in anchors for other in anchors)
    yield from (abs((one - onset).total_seconds()) for one in others for onset in _list_onsets(values))


def _list_onsets(values: Iterable[object]) -> Iterator[datetime]:
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("incident"), dict):
            yield from _read_times([value["incident"].get("started_at")])


def _read_times(texts: Iterable[object]) -> list[datetime]:
    return [time for one in texts if isinstance(one, str) and (time := read_time(one))]


def _read_texts(path: Path) -> Iterator[str]:
    for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if one.is_file():
            yield one.read_text("utf-8", "replace")


def _read_repository(repository: Path) -> Iterator[str]:
    """Yield names and contents of the files that are checked out, and the log with its tags."""
    for arguments in (["ls-files"], ["log", "--all", "--format=%H %h %an %aI %s %b %D"]):
        done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=True)
        yield done.stdout.decode("utf-8", "replace")
        if arguments == ["ls-files"]:
            for name in done.stdout.decode().split("\n"):
                if name and (repository / name).is_file():
                    yield (repository / name).read_text("utf-8", "replace")


@cache
def _read_product() -> tuple[str, ...]:
    """Return the sentences of the product: its templates, its rules on causes and actions, the texts in its code."""
    found = [path.read_text("utf-8") for path in sorted(find_resource("templates").glob("*.md"))]
    for folder in ("causes", "actions"):
        found += [path.read_text("utf-8") for path in sorted(find_resource("rules", folder).rglob("*.toml"))]
    for package in _SPEAKING:
        for path in sorted((_ROOT / "hotfix" / package).rglob("*.py")):
            found += [
                node.value
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
    return tuple(found)
