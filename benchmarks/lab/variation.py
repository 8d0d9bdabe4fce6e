"""A variation of the lab: the same faults, in a shop whose services, tables, routes, code and hosts have other names.

The lab's own source is copied with the other names in it, so that nothing that a recording holds knows the first ones:
a service that is called otherwise has another package, other functions, another table and another log.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

NAMES = {
    "shop": "mart",
    "orders": "bookings",
    "order": "booking",
    "customers": "patrons",
    "customer": "patron",
    "inventory": "stockroom",
    "stock": "supply",
    "reservations": "allotments",
    "reservation": "allotment",
    "reserve": "allot",
    "checkout": "till",
    "basket": "trolley",
    "sku": "ean",
    "catalog": "assortment",
    "products": "wares",
    "product": "ware",
    "promotions": "rebates",
    "promotion": "rebate",
    "price": "tariff",
    "offers": "bargains",
    "offer": "bargain",
    "reviews": "opinions",
    "review": "opinion",
    "mailer": "postman",
    "storefront": "shopwindow",
    "recommend": "advise",
    "warehouse": "depot",
    "partner": "supplier",
    "shipments": "consignments",
    "receipts": "bills",
    "receipt": "bill",
    "backup": "keeper",
}
"""What the lab's own things are called, and in a variation; servers that everybody has, as nginx, keep their names."""

_ADDRESS, _SECOND_OCTET = re.compile(r"\b10\.20\."), 16  # 172.16.0.0/12 is for private networks too
_LAB = Path(__file__).parent
_SCENARIOS = "scenarios"
_SEEDS_APART = 1000


def copy_lab(variation: int, target: Path) -> None:
    """Writes the lab with other names and addresses into `target`, as the package `lab`; scenarios keep their names."""
    kept = sorted(path.stem.replace("_", "-") for path in (_LAB / _SCENARIOS).glob("[a-z]*.py"))
    network = f"172.{_SECOND_OCTET + variation % 16}."
    for path in _list_sources(_LAB):
        own = path.relative_to(_LAB)
        place = target / "lab" / (own if own.parts[0] == _SCENARIOS else rename(str(own)))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_ADDRESS.sub(network, rename(path.read_text(), kept)))
        shutil.copymode(path, place)


def change_seed(seed: int, variation: int) -> int:
    """Returns the seed of a variation's traffic, which no other scenario has."""
    return seed + _SEEDS_APART * variation


def rename(text: str, kept: Iterable[str] = ()) -> str:
    """Returns a text in which all names are those of a variation, in any case, alone or as part of an identifier.

    Args:
        text: a path, or source in any language.
        kept: texts that stay as they are, although names stand in them.
    """
    return _compile(kept).sub(lambda found: _ALL.get(found[0], found[0]), text)


def _compile(kept: Iterable[str]) -> re.Pattern[str]:
    lower, capital, upper = ("|".join(map(form, NAMES)) for form in (str.lower, str.capitalize, str.upper))
    return re.compile(
        "|".join(
            [
                *map(re.escape, kept),
                rf"(?:(?<![A-Za-z])|(?<=-D))(?:{lower})(?![a-z])",
                rf"(?<![A-Z])(?:{capital})(?![a-z])",
                rf"(?<![A-Za-z])(?:{upper})(?![A-Za-z]| BY\b)",  # ORDER BY is a word of SQL
            ]
        )
    )


def _list_sources(folder: Path) -> Iterator[Path]:
    hidden = ("__pycache__", ".")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(hidden) for part in path.relative_to(folder).parts):
            yield path


_ALL = {form(old): form(new) for old, new in NAMES.items() for form in (str.lower, str.capitalize, str.upper)}
