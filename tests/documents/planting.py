"""Plants falsehoods in documents: each number, time, version, name or path of a kind becomes one that is not so."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_VERSION = re.compile(r"(?<![\w./-])\d+\.\d+\.\d+(?![\w./-])")
_NUMBER = re.compile(r"(?<![\w.,:/@+-])\d+(?:,\d{3})*(?:\.\d+)?(?=%| |$|\)|,? [a-z])(?!\d* ?(?:\|| \w+ \())")
_SOURCE = re.compile(r"(?<![\w/])(?:/?[\w.-]+/)+[\w-]+\.(?:py|java|log|json)\b")
_EXCEPTION = re.compile(r"\b[A-Z]\w+(?:Error|Exception)\b")
_LINE_OF_PROSE = re.compile(r"^(?!```|    |#|<!--|\|[-:| ]+\|$).+")


@dataclass(frozen=True, slots=True)
class Planted:
    """A document with falsehoods, and where they are."""

    text: str
    lies: tuple[tuple[int, str], ...]  # line, 1-based, and the false word


def plant_numbers(text: str) -> Planted:
    """Change a digit of every number outside of code, so that it becomes another one."""
    return _plant(text, _NUMBER, _change_digit)


def plant_times(text: str) -> Planted:
    """Move every time by some seconds."""
    return _plant(text, _ISO, _move)


def plant_versions(text: str) -> Planted:
    """Change every version."""
    return _plant(text, _VERSION, lambda said, _: ".".join(str(int(part) + 31) for part in said.split(".")))


def plant_exceptions(text: str) -> Planted:
    """Rename every exception."""
    return _plant(text, _EXCEPTION, lambda said, _: f"Quaint{said}")


def plant_paths(text: str) -> Planted:
    """Rename the file of every path."""
    return _plant(text, _SOURCE, lambda said, _: re.sub(r"(\w+)\.(\w+)$", r"quaint_\1.\2", said))


def plant_service(text: str, service: str, false: str) -> Planted:
    """Rename a service wherever it stands as a word."""
    return _plant(text, re.compile(rf"(?<![\w./-]){re.escape(service)}(?![\w./-])"), lambda _said, _rng: false)


def _plant(text: str, pattern: re.Pattern[str], change: Callable[[str, random.Random], str]) -> Planted:
    lines, lies, rng = list[str](), list[tuple[int, str]](), random.Random(7)
    for number, (line, is_prose) in enumerate(_mark_prose(text), start=1):

        def lie(found: re.Match[str], number: int = number) -> str:
            false = change(found[0], rng)
            lies.append((number, false))
            return false

        lines.append(pattern.sub(lie, line) if is_prose else line)
    return Planted("\n".join(lines), tuple(lies))


def _mark_prose(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is text outside of code blocks and marks."""
    fence = ""
    for line in text.split("\n"):
        mark = re.match(r"`{3,}", line)
        if mark and (not fence or line.startswith(fence)):
            fence = "" if fence else mark[0]
            yield line, False
        else:
            yield line, not fence and bool(_LINE_OF_PROSE.match(line))


def _change_digit(said: str, rng: random.Random) -> str:
    places = [at for at, sign in enumerate(said) if sign.isdigit()]
    at = rng.choice(places)
    digits = [one for one in "123456789" if one != said[at]]
    return said[:at] + rng.choice(digits) + said[at + 1 :]


def _move(said: str, rng: random.Random) -> str:
    second = (int(said[17:19]) + rng.randint(7, 53)) % 60
    return f"{said[:17]}{second:02}{said[19:]}"
