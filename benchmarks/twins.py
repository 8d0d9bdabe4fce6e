"""Makes a twin of a recorded incident: the same logs with other dates, hosts, addresses, ids and, if asked, services.

It is a transformed recording, not a second one: what failed and how it is worded are the same. One in ten
records of one line is left out, so that counts and the first record differ.
"""

import hashlib
import random
import re
from collections.abc import Callable
from pathlib import Path

SERVICES = {
    "orders": "purchases",
    "inventory": "stockroom",
    "checkout": "till",
    "catalog": "assortment",
    "offers": "bargains",
    "reviews": "opinions",
    "mailer": "courier",
    "storefront": "shopwindow",
    "recommend": "advice",
    "warehouse": "depot",
    "backup": "keeper",
}
"""Other names of the samples' own services; servers that everybody has, as nginx, keep theirs."""

_MONTHS_BACK_S = 92 * 86400  # from November to August, in which each day of November is one too
_STAMPED = re.compile(r"^\W*(?:\w+ )?(?:\d{4}[-/]\d\d|\d\d? \w{3} \d{4}|[\d.]+ - - \[|\{\")")
_DROPPED = 0.1


def make_twin(logs: Path, target: Path, seed: int, *, renamed: bool) -> None:
    """Write the twin of a folder of logs; `renamed` gives the services other names too."""
    name = _rename if renamed else str
    chance = random.Random(seed)  # draws for a measurement
    for path in sorted(one for one in logs.rglob("*") if one.is_file()):
        own = target / name(str(path.relative_to(logs)))
        own.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(_thin(path.read_text("utf-8").splitlines(keepends=True), chance))
        for change in (_shift, _move, _number, name):
            text = change(text)
        own.write_text(text, "utf-8")


def _thin(lines: list[str], chance: random.Random) -> list[str]:
    """Leave out some of the lines that are a record of their own, as the next one begins another."""
    following = [*lines[1:], ""]
    return [
        line
        for line, after in zip(lines, following, strict=True)
        if not (_STAMPED.match(line) and _STAMPED.match(after) and chance.random() < _DROPPED)
    ]


def _shift(text: str) -> str:
    """Move all times from November to August."""
    text = re.sub(r"(?<=\b2026[-/])11(?=[-/]\d\d)", "08", text)
    text = re.sub(r"\bNov(?=/2026| \d{4}| \d\d?,?\b)", "Aug", text)
    return re.sub(r"\b1795\d{6}(?=\d{3}\b|\.\d|\b)", lambda found: str(int(found[0]) - _MONTHS_BACK_S), text)


def _move(text: str) -> str:
    """Give all hosts other addresses and names."""
    text = re.sub(r"\b10\.20\.(\d+)\.(\d+)\b", lambda found: f"172.30.{found[1]}.{250 - int(found[2])}", text)
    text = re.sub(r"\b(192\.0\.2|198\.51\.100|203\.0\.113)\.(\d+)\b", _readdress, text)
    return text.replace("shop.internal", "mart.lan").replace("shop.example", "mart.example")


def _readdress(found: re.Match[str]) -> str:
    return f"{found[1]}.{(int(found[2]) * 7 + 3) % 251 + 1}"


def _number(text: str) -> str:
    """Give all orders, customers, articles and requests other ids of the same length."""
    text = re.sub(r"\b(?=[a-f]*\d)[0-9a-f]{10,40}\b", _draw(_hash_hex), text)
    return re.sub(r"(?<=[/-])(?!2026|8\d{3}\b)\d{4,6}\b|(?<=customer)\d+", _draw(_hash_digits), text)


def _draw(make: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    return lambda found: found[0] if found[0].isdecimal() and len(found[0]) > 9 else make(found[0])


def _hash_hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[: len(text)]


def _hash_digits(text: str) -> str:
    drawn = str(int(hashlib.sha256(text.encode()).hexdigest(), 16))
    return drawn[: len(text)]


def _rename(text: str) -> str:
    pattern = r"(?<![A-Za-z])(?:" + "|".join(SERVICES) + r")(?![A-Za-z])"
    return re.sub(pattern, lambda found: SERVICES[found[0]], text)
