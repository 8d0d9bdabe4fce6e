"""Whether every number, time, name and path of a document stands on its ground, or follows from it as is shown there.

A number is held against the numbers of the folder in the unit that it is told in, to the places that it is told to.
What is told between words, as "logs 73 times", may be told so by a source. A span may follow from two times of the
incident, a share from the two counts beside it. A sentence of a source with another number in it is a misquote.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from tests.documents.flaws import Flaw, FlawKind
from tests.documents.ground import ATOM, Ground, list_counted, read_time
from tests.documents.pages import Kind, Page, Piece

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|\d{4}-\d\d-\d\d|(?<![\w:.])\d\d:\d\d(?= UTC)")
_SPAN = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)? (?:ms|s|min|h|d)\b(?: \d+ (?:ms|s|min|h)\b)?")
_COUNT = re.compile(r"(?<![\w.,:/@-])\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?: ?%|/min)?(?![\w-]|[.,:/@]\w)")
_PATH = re.compile(
    r"(?<![\w./])(?:\.{0,2}/)?(?:[\w.@~+-]+/)+[\w.@~+-]+(?::\d+(?:-\d+)?)?|(?<!\w)/[\w.@~+-]+(?:/[\w.@~+-]*)*(?::\d+(?:-\d+)?)?"
)
_COMMIT = re.compile(r"[0-9a-f]{7,39}")
_LEFT_OUT = re.compile(r"… \(([\d,]+) lines left out\)")
_DIGITS, _NUMBERS = re.compile(r"\d+"), re.compile(r"\d+(?:[.,:]\d+)*")
_COUNTS = re.compile(r"([\d,]+) of (?:the )?([\d,]+)")


def find_unfounded(page: Page, ground: Ground) -> Iterator[Flaw]:
    """Yield each number, time, name and path that stands on nothing."""
    for piece in page.pieces:
        if piece.kind is Kind.FENCE:
            yield from _check_fence(page, piece, ground)
        else:
            yield from _check(page.name, piece, piece.text, ground)


def _check_fence(page: Page, piece: Piece, ground: Ground) -> Iterator[Flaw]:
    """Check a block line by line; the output of a command in a test report is evidence itself."""
    if page.name == "test-report.md":
        return
    lines = piece.text.rstrip("\n").split("\n")
    for at, line in enumerate(lines):
        if found := _LEFT_OUT.fullmatch(line):
            if int(found[1].replace(",", "")) + len(lines) - 1 not in ground.heights:
                yield Flaw(page.name, piece.line + 1 + at, FlawKind.NUMBER, found[1], line)
        elif " ".join(line.split()) not in ground.text:
            flaws = _check(page.name, piece, line, ground)
            yield from (Flaw(one.document, piece.line + 1 + at, one.kind, one.said, line) for one in flaws)


def _check(name: str, piece: Piece, text: str, ground: Ground) -> Iterator[Flaw]:
    rest = _leave_out(ground.sentences, " ".join(text.split()))
    yield from (Flaw(name, piece.line, FlawKind.NUMBER, said, text) for said in _find_misquoted(rest, ground))
    rest = _leave_out(ground.quotes, rest)
    checks: tuple[tuple[re.Pattern[str], FlawKind, Callable[[str], bool]], ...] = (
        (_TIME, FlawKind.TIME, partial(_is_told_time, ground=ground)),
        (_SPAN, FlawKind.NUMBER, partial(_is_span, ground=ground)),
        (_COUNT, FlawKind.NUMBER, partial(_is_count, text=text, ground=ground)),
        (_PATH, FlawKind.PATH, partial(_is_path, ground=ground)),
        (ATOM, FlawKind.NAME, partial(_is_name, ground=ground)),
    )
    for pattern, kind, holds in checks:
        for found in pattern.finditer(rest):
            if not holds(found[0]):
                yield Flaw(name, piece.line, kind, found[0], text)
        rest = pattern.sub(lambda found: " " * len(found[0]), rest)


def _leave_out(quotes: Iterable[str], text: str) -> str:
    for one in quotes:
        if one in text:
            text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", text)
    return text


def _find_misquoted(text: str, ground: Ground) -> Iterator[str]:
    """Yield the numbers in what would be a quote of a source, if its numbers were others."""
    bare = _DIGITS.sub("0", text)
    for quote in ground.misquotable:
        if quote in bare:
            pattern = r"\d+".join(map(re.escape, quote.split("0")))
            yield from (number for found in re.finditer(pattern, text) for number in _NUMBERS.findall(found[0]))


def _is_told_time(said: str, ground: Ground) -> bool:
    if "T" not in said:
        shapes = ("%H:%M", "%Y-%m-%d")
        return any(said in {time.strftime(shape) for shape in shapes} for time in ground.times)
    time = read_time(said)
    return time in ground.times or said in ground.text


def _is_path(said: str, ground: Ground) -> bool:
    bare = re.sub(r":\d+(?:-\d+)?$", "", said).rstrip(".")
    known = re.search(rf"(?<![\w/.-]){re.escape(said.rstrip('.'))}(?![\w-]|\.\w)", ground.text)
    return (
        bool(known)
        or (bare == said and any((folder / bare).exists() for folder in ground.folders))
        or _is_phrase(said, ground)
    )


def _is_phrase(said: str, ground: Ground) -> bool:
    """Tell whether what looks like a path is words with a slash: "and/or", "50.2/min"."""
    return (
        "/" in said.strip("/")
        and said.count("/") == 1
        and not said.startswith(("/", "."))
        and all(part.isalpha() and part.lower() in ground.atoms for part in said.split("/"))
    )


def _is_span(said: str, ground: Ground) -> bool:
    parts = [(float(number.replace(",", "")), unit) for number, unit in re.findall(r"([\d.,]+) (\w+)", said)]
    seconds = sum(number * _UNITS[unit] for number, unit in parts)
    step = _UNITS[parts[-1][1]] * 10.0 ** -_count_places(said)
    high = (
        step / 2 if len(parts) == 1 or step == 1 else step
    )  # of minutes and hours behind another unit the rest is left out
    low = min(step / 2, 0.5)
    if any(-low - 1e-6 <= one - seconds <= high + 1e-6 for one in (*ground.numbers.seconds, *ground.spans)):
        return True
    return said.endswith(" ms") and any(
        abs(one - parts[0][0]) <= _measure_step(said.split(maxsplit=1)[0]) for one in ground.numbers.plain
    )


def _is_count(said: str, text: str, ground: Ground) -> bool:
    bare = said.removesuffix("/min").rstrip(" %")
    around = [one for one in list_counted(text) if one[1].rstrip("%") == bare]
    if around and all(one in ground.counted for one in around):
        return True
    value, near = float(bare.replace(",", "")), _measure_step(bare)
    if any(before == "line" for before, _, _ in around):
        return value in ground.lines
    scales = (100.0,) if said.endswith("%") else (1.0, 60.0) if said.endswith("/min") else (1.0,)
    if any(abs(one * scale - value) <= near for one in ground.numbers.plain for scale in scales):
        return True
    return said.endswith("%") and any(
        abs(100 * _read(part) / _read(whole) - value) <= near for part, whole in _COUNTS.findall(text) if _read(whole)
    )


def _measure_step(bare: str) -> float:
    mantissa, _, power = bare.partition("e")
    return 0.5 * 10.0 ** (int(power or 0) - _count_places(mantissa)) * 1.0001


def _count_places(said: str) -> int:
    found = re.search(r"\.(\d+)", said)
    return len(found[1]) if found else 0


def _read(said: str) -> float:
    return float(said.replace(",", "").rstrip(".") or 0)


def _is_name(said: str, ground: Ground) -> bool:
    if said in ground.atoms or said.lower() in ground.atoms:
        return True
    if _COMMIT.fullmatch(said):
        return any(one.startswith(said) for one in ground.atoms)
    parts = [part for part in re.split(r"[^\w]+|_", said) if part]
    return (
        len(parts) > 1
        and not any(mark in said for mark in ".@:")
        and all(part.lower() in ground.atoms for part in parts)
    )
