"""Reads the quantities of a record: each number with the words that name it. Text in, names and numbers out.

What looks like a number and is none (an id, a port, a process, a version, a time, a status) is left out by its form or
by the word before it. It sees one record and does not know which numbers move.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.settings import MESSAGE_CHARACTERS, NAME_CHARACTERS, NUMBERS_PER_RECORD
from hotfix.diagnosis.mechanisms.messages import Entry

_STAMPS = re.compile(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T _]\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?)?(?:Z| ?[+-]\d\d:?\d\d)?"
    r"|\d\d?[/ -][A-Z][a-z]{2}[/ -]\d{4}[ :]\d\d:\d\d:\d\d(?: [+-]\d{4})?"
    r"|[A-Z][a-z]{2} +\d{1,2},? (?:\d{4} )?\d\d?:\d\d:\d\d(?: [AP]M)?"
    r"|(?<![\d:])\d\d?:\d\d:\d\d(?:[.,]\d+)?(?![\d:])"
)
_WORD = r"A-Za-z_"
_UNIT = r"%|[KMGTP]i?B?(?:ytes)?\b|bytes?\b|[kmµunμ]?s\b|min\b|secs?\b|seconds?\b|millis\b"
_NUMBER = re.compile(
    rf"(?<![\w.\-#@])(?<![A-Za-z]/)(?<!\d:)(?P<number>-?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    rf"(?: ?(?P<unit>{_UNIT}))?(?![\w:]|[.\-]\w)"
)
_NAME_BEFORE = re.compile(rf"(?<![\w/])((?:[{_WORD}][\w.\-]*+[\s\"'({{\[=:,]*+){{1,3}})[^\w]*$")
_NAME_AFTER = re.compile(rf"^[^\w\d]{{0,2}}([{_WORD}][\w\-]*)(?![\w\-]*[=:])")
_PLURAL = re.compile(r"<\*> [a-z]{2,}[^su\W]s$")
_SPACES = re.compile(r"[^A-Za-z0-9_.%\-]+")
_FACTORS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}
_SPANS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "millis": 1.0, "s": 1e3, "min": 6e4}
_THINGS = (
    "id pid tid gid uid port seq sequence request order user customer account session thread line version rev revision "
    "build year date time timestamp ts status code statuscode http lsn xid txid transaction attempt retry page "
    "shard partition replica node host client process signal errno error ref key number no nr release java "
    "python level priority facility zip phone product item invoice ticket job task trace span"
)
_NAMES_OF_THINGS = frozenset(_THINGS.split())
"""Words before a number that say which one it is, not how many."""

_LIMITS = "max maximum limit capacity cap quota total of out allowed hard ceiling available maxsize"
_PERCENTS = frozenset({"percent", "pct", "percentage"})
_SPAN_WORDS = frozenset({"duration", "took", "elapsed", "latency", "ms", "rt", "urt", "uct", "uht", "millis"})
LIMIT_WORDS = frozenset(_LIMITS.split())
"""Words that name the most that something may become."""

_LEVELS = (
    "used usage use active open pending queued waiting backlog lag depth heap rss memory mem resident size connections "
    "conns clients threads workers handles descriptors fds files entries sessions inflight load cpu disk percent "
    "occupancy utilization utilisation free idle available remaining left in_use queue length buffered retained "
    "allocated live blocked keys bytes"
)
LEVEL_WORDS = frozenset(_LEVELS.split())
"""Words that name how full something is."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a record."""

    name: str  # the words around it with <*> in its place: "heap used <*> MB"
    value: float  # sizes in bytes, spans in milliseconds
    shown: str  # as it was written, with its unit
    unit: str  # "bytes", "ms", "%" or ""
    words: frozenset[str]  # of its name

    @property
    def counts_things(self) -> bool:
        """True when it says how many of something there are: "12 pages"; "page 12" says which."""
        return bool(_PLURAL.search(self.name))

    @property
    def is_span(self) -> bool:
        """True when it says how long something took."""
        return self.unit == "ms" or not self.words.isdisjoint(_SPAN_WORDS)


def read_quantities(entry: Entry) -> list[Quantity]:
    """Return the quantities of a record, at most NUMBERS_PER_RECORD; of one name the first."""
    found: dict[str, Quantity] = {}
    for quantity in _read_all(entry):
        found.setdefault(quantity.name, quantity)
        if len(found) >= NUMBERS_PER_RECORD:
            break
    return list(found.values())


def _read_all(entry: Entry) -> Iterator[Quantity]:
    for name, text in entry.fields.items():
        shown = _NUMBER.fullmatch(text)
        if shown:
            quantity = _make(f"{name}=", shown, "")
            if quantity:
                yield quantity
    yield from read_text(entry.message if entry.fields else _after_header(entry))


def _after_header(entry: Entry) -> str:
    """Return the first line from the message on: fields may follow behind it."""
    line = " ".join(entry.text[:MESSAGE_CHARACTERS].split("\n", 1)[0].split())
    start = line.find(entry.message)
    return line[start:] if start >= 0 else entry.message


def read_text(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a message."""
    clean = _STAMPS.sub(" @ ", text)
    end, last = 0, ""
    for number in _NUMBER.finditer(clean):
        before = clean[end : number.start()]
        if before.strip() == "/" and last:
            before = f"{last} of "
        quantity = _make(before, number, clean[number.end() : number.end() + 24])
        end, last = number.end(), before
        if quantity:
            yield quantity


def _make(before: str, number: re.Match[str], behind: str) -> Quantity | None:
    name = _NAME_BEFORE.search(before[-NAME_CHARACTERS:])
    lead = " ".join(_SPACES.sub(" ", name[1]).split()) if name else ""
    equals = "=" if name and before.rstrip(" \"'").endswith("=") else " "
    lead = lead.rsplit(" ", 1)[-1] if equals == "=" else lead
    unit = number["unit"] or ""
    follow = _NAME_AFTER.match(behind)
    follows = follow[1] if follow and not before.rstrip().endswith("=") else ""
    tail = f"% {follows}".strip() if unit == "%" else unit or follows
    if not lead and not tail:
        return None
    last = re.split(r"[\s._\-]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", lead))[-1].lower()
    if last in _NAMES_OF_THINGS and not unit:
        return None
    scaled = _scale(float(number["number"].replace(",", "")), unit)
    state = (
        follow[1] if unit and follow and follow[1].lower() not in {"of", "out"} else ""
    )  # "64 MB free", "64 of 80 MB"
    words = _words(f"{lead} {tail} {state}")
    kind = scaled[1] or ("%" if words & _PERCENTS else "bytes" if "bytes" in words else "")
    said = f"{lead}{equals if lead else ''}<*>{'' if tail.startswith('%') or not tail else ' '}{tail}"
    shown = f"{number['number']}{unit}" if unit in {"", "%"} else f"{number['number']} {unit}"
    return Quantity(said, scaled[0], shown, kind, words)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"(?<=[a-z])(?=[A-Z])|[._\-]", " ", text).lower().split())


def _scale(value: float, unit: str) -> tuple[float, str]:
    low = unit.lower()
    if unit == "%":
        return value, "%"
    if unit and low in _SPANS:
        return value * _SPANS[low], "ms"
    if low.startswith(("sec", "millis")):
        return value * 1e3, "ms"
    if low[:1] in _FACTORS and (low[1:] in {"", "b", "ib", "bytes", "ibytes"}):
        return value * _FACTORS[low[0]], "bytes"
    return value, "bytes" if low.startswith("byte") else ""
