"""A variation of the lab records the same faults under names that occur nowhere else in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.lab.variation import NAMES, copy_lab, rename

_LAB = Path(__file__).parents[2] / "benchmarks" / "lab"
_FIRST = re.compile(r"(?i)(?<![a-z])(?:" + "|".join(NAMES) + r")(?![a-z])")
_OTHER = re.compile(r"(?<![A-Za-z])(?:" + "|".join(NAMES.values()) + r")(?![a-z])")
_CODE = frozenset({".py", ".java", ".js", ".sql", ".sh"})

_LOAD = """
from lab.mart import HOSTS
from lab.record import list_names, load_scenario
scenarios = {name: load_scenario(name) for name in list_names()}
print(all(one.name == name for name, one in scenarios.items()))
print([host for host, address in HOSTS.items() if not address.startswith("172.19.")])
print([one.truth for one in scenarios.values()])
"""


@pytest.mark.parametrize(
    ("text", "varied"),
    [
        ("GET /api/orders/17 of OrderStore, ORDERS_URL", "GET /api/bookings/17 of BookingStore, BOOKINGS_URL"),
        ("SELECT id FROM orders ORDER BY id", "SELECT id FROM bookings ORDER BY id"),
        ("loadProducts, -Dcatalog.home, reorder, by_sku", "loadWares, -Dassortment.home, reorder, by_ean"),
    ],
)
def test_names_change_in_any_form(text: str, varied: str) -> None:
    """Names alone and as parts of identifiers change with their case; words that only look like them do not."""
    assert rename(text) == varied


def test_no_other_name_is_in_use() -> None:
    """A name of a variation occurs nowhere in the lab, so that two things never come to share one."""
    sources = [path for path in _LAB.rglob("*") if path.suffix in _CODE and path.name != "variation.py"]
    assert {(path.name, one) for path in sources for one in _OTHER.findall(path.read_text("utf-8"))} == set()


def test_varied_lab_is_whole(tmp_path: Path) -> None:
    """All its scenarios load under their names, none speaks of the first names, and its hosts have other addresses."""
    copy_lab(3, tmp_path)
    done = subprocess.run([sys.executable, "-c", _LOAD], cwd=tmp_path, capture_output=True, text=True, check=True)
    named, hosts, truths = done.stdout.splitlines()
    assert (named, hosts, _FIRST.findall(truths)) == ("True", "[]", [])
    assert [path.name for path in (tmp_path / "lab" / "services").rglob("*") if _FIRST.search(path.name)] == []
