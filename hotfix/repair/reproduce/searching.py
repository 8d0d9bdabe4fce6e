"""What the generators of all languages share: the order of a search, and the answer of the program that searches."""

import json
import re
from collections.abc import Sequence

from hotfix.core.resources import find_resource
from hotfix.repair.limits import REPRODUCTION_TRIES
from hotfix.repair.reproduce.contract import Scene
from hotfix.repair.sandbox.contract import Outcome

FOLDER = ".hotfix-stage"
ORDER = f"{FOLDER}/order.json"
BAD = ("null", "empty", "=0", "=x", "=-1", "=", "=:")
"""What functions of typed languages fail on: nothing, an empty text or list, and texts that become what they hold."""

KEYS_MOST = 20
"""Texts looked up in maps that a map is given; each makes a place more to be searched."""

_QUOTED = re.compile(r"'([^']*)'")
_OBJECT = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"""'([^']*)'|"([^"]*)"|(?<![\w.])(-?\d+(?:\.\d+)?)(?![\w.])""")

Way = tuple[str, str]
"""Path and function of a frame."""


def list_ways(scene: Scene, suffixes: Sequence[str]) -> list[Way]:
    """Return the functions that the call led through, where it failed first."""
    ways = [(frame.path, frame.function) for frame in scene.frames if frame.path.endswith(tuple(suffixes))]
    return [way for way in dict.fromkeys(ways) if way[1]]


def write_order(scene: Scene, entries: Sequence[Way], ways: Sequence[Way], bad: Sequence[object]) -> dict[str, object]:
    """Return what a search is told, in every language."""
    return {
        "entries": entries,
        "ways": ways,
        "exception": scene.expected.exception,
        "message": scene.frames[0].message,
        "path": scene.expected.path,
        "line": scene.frames[0].line,
        "values": dict(scene.values),
        "bad": bad,
        "tries": REPRODUCTION_TRIES,
    }


def list_quoted(scene: Scene) -> list[str]:
    """Return the values that the message quotes; the name of a class is none."""
    return _QUOTED.findall(_OBJECT.sub("", scene.frames[0].message))


def list_words(scene: Scene) -> list[str]:
    """Return the values that the message quotes or counts."""
    found = ("".join(words) for words in _WORD.findall(scene.frames[0].message.partition("\n")[0]))
    return list(dict.fromkeys(found))


def read_stage(name: str) -> str:
    """Return a program that runs beside the project's code; kept as data, it is no part of hotfix itself."""
    return find_resource("templates", "reproduction", f"{name}.txt").read_text(encoding="utf-8")


def read_answer(outcome: Outcome) -> dict[str, object]:
    """Return the last line of the output that is a JSON object: the project's own code may print too."""
    for line in reversed(outcome.output.splitlines()):
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            return found if isinstance(found, dict) else {}
    return {}


def say_trouble(answer: dict[str, object], outcome: Outcome) -> str:
    """Return why a search found nothing, as one sentence."""
    return f"No reproduction could be made: {answer.get('trouble', outcome.describe())}"
