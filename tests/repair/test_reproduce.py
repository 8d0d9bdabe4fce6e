"""Reproductions are made of real failures: each program runs, fails, and its trace is all that the generator sees."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.repair.reproduce.make import read_values
from hotfix.repair.reproduce.reason import find_reason
from hotfix.repair.verify.contract import Expected, Status
from tests.repair.reproducing import Program, check_fix, check_useless, fail, validate
from tests.repair.trees import make_repository

_PROGRAMS = {
    "python: a part is missing": Program(
        {
            "shop/__init__.py": "",
            "shop/data.py": "def find(number):\n    return {'owner': None, 'items': [1]}\n",
            "shop/page.py": "from shop import data\n\n\ndef show(number):\n    record = data.find(number)\n"
            "    return record['owner']['name'].upper()\n",
        },
        ("python3", "-c", "from shop import page; page.show(7)"),
        "shop/page.py",
        "record['owner']['name'].upper()",
        "record['owner']['name'].upper() if record['owner'] else ''",
    ),
    "python: a key is missing": Program(
        {"words.py": "_WORDS = {'a': 1}\n\n\ndef say(order):\n    return _WORDS[order['kind']]\n"},
        ("python3", "-c", "import words; words.say({'kind': 'night'})"),
        "words.py",
        "_WORDS[order['kind']]",
        "_WORDS.get(order['kind'], 0)",
    ),
    "python: a list is empty": Program(
        {"lists.py": "class Page:\n    def first(self, rows):\n        return rows['all'][0]\n"},
        ("python3", "-c", "import lists; lists.Page().first({'all': []})"),
        "lists.py",
        "rows['all'][0]",
        "rows['all'][0] if rows['all'] else None",
    ),
    "python: text is no number, in a coroutine": Program(
        {"src/ages.py": "async def read(form):\n    return int(form.get('age'))\n"},
        (
            "python3",
            "-c",
            "import sys, asyncio; sys.path.insert(0, 'src'); import ages\nasyncio.run(ages.read({'age': 'old'}))",
        ),
        "src/ages.py",
        "return int(form.get('age'))",
        "return int(form.get('age')) if str(form.get('age')).isdigit() else None",
    ),
    "python: nothing to divide by, beside a library that is not here": Program(
        {
            "rates.py": "try:\n    import not_installed_here\nexcept ImportError:\n    pass\n\n\n"
            "def share(part, whole):\n    return part / whole\n"
        },
        ("python3", "-c", "import rates; rates.share(1, 0)"),
        "rates.py",
        "part / whole",
        "part / whole if whole else 0",
    ),
    "node: a part is missing, in a function that is not exported": Program(
        {
            "store.js": "exports.find = () => ({ author: null });\n",
            "page.js": "const store = require('./store');\n\nfunction show(id) {\n  const review = store.find(id);\n"
            "  return review.author.name.split(' ')[0];\n}\n\nexports.serve = (request) => show(request.id);\n",
        },
        ("node", "-e", "require('./page').serve({ id: 1 })"),
        "page.js",
        "review.author.name.split",
        "(review.author ?? { name: '' }).name.split",
    ),
    "node: not a function, in a method": Program(
        {
            "cart.js": "class Cart {\n  sum(rows) {\n    return rows.filter((row) => row.price > 0).length;\n  }\n}\n\n"
            "module.exports = { Cart };\n"
        },
        ("node", "-e", "new (require('./cart').Cart)().sum({})"),
        "cart.js",
        "rows.filter(",
        "(Array.isArray(rows) ? rows : []).filter(",
    ),
    "node: an asynchronous arrow of a module": Program(
        {"read.mjs": "export const read = async (order) => {\n  return order.lines.length;\n};\n"},
        ("node", "--input-type=module", "-e", "import { read } from './read.mjs'; await read({});"),
        "read.mjs",
        "order.lines.length",
        "(order.lines ?? []).length",
    ),
}


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS.keys())
def test_failure_is_reproduced_from_its_trace(tmp_path: Path, program: Program) -> None:
    """The generated test fails for the reason of the trace, passes with a right fix, and not with a useless one."""
    check_fix(tmp_path / "right", program)
    check_useless(tmp_path / "useless", program)


def test_revert_is_validated_by_the_caller(tmp_path: Path) -> None:
    """When a revert takes the failing function away, the call is played from the nearest caller that stays."""
    program = _PROGRAMS["python: a part is missing"]
    files = {
        **program.files,
        "shop/site.py": "from shop import page\n\n\ndef serve(number):\n    return [page.show(number)]\n",
    }
    folder = make_repository(tmp_path / "project", files)
    command = ("python3", "-c", "from shop import site; site.serve(7)")
    trace = fail(folder, replace(program, command=command))
    found = validate(folder, trace, {"shop/page.py": None, "shop/site.py": "def serve(number):\n    return []\n"})
    assert found.status is Status.PASSED, found.detail


def test_what_cannot_be_reproduced_is_told(tmp_path: Path) -> None:
    """An error that no value brings about is not validated, with the reason and the way out."""
    folder = make_repository(tmp_path / "project", {"race.py": "def run(lock):\n    return lock\n"})
    trace = """2026-01-15T14:03:07.250Z ERROR x
Traceback (most recent call last):
  File "/srv/project/race.py", line 2, in run
    return lock
KeyError: 'seldom'"""
    found = validate(folder, trace, {"race.py": "def run(lock):\n    return None\n"})
    assert (found.status, found.detail) == (
        Status.NOT_VALIDATED,
        (
            "No reproduction could be made: No value was found with which the function fails as it did. Give a"
            " reproduction with --repro."
        ),
    )


_EXPECTED = Expected("java.lang.NullPointerException", "src/com/shop/Promotions.java", "percentFor", 20, 30)


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("x.NullPointerException: a\n\tat com.shop.Promotions.percentFor(Promotions.java:27)\n", True),
        ("x.NullPointerException: a\n\tat com.shop.Promotions.other(Promotions.java:27)\n", False),
        ("x.IllegalStateException: a\n\tat com.shop.Promotions.percentFor(Promotions.java:27)\n", False),
        ("x.NullPointerException: a\n\tat com.shop.Prices.percentFor(Prices.java:27)\n", False),
        ("x.NullPointerException: a\n\tat com.shop.Promotions.lambda$percentFor$0(Promotions.java:40)\n", True),
        ("x.NullPointerException: a\n\tat com.shop.Promotions.<init>(Promotions.java:27)\n", True),
        ("x.NullPointerException: a\n\tat com.shop.Promotions.<init>(Promotions.java:40)\n", False),
        ("NullPointerException", False),
        ("", False),
    ],
)
def test_reason_is_class_and_function(output: str, found: bool) -> None:  # noqa: FBT001  # a column of the table
    """A failure is the expected one when its class and the function where it arose are."""
    assert (find_reason(output, _EXPECTED) is not None) is found


def test_pytest_tells_the_reason_too() -> None:
    """The traces of pytest, which look unlike Python's own, are understood."""
    expected = Expected("TypeError", "app/cart.py", "total", 8, 12)
    output = "E       TypeError: 'NoneType' object is not subscriptable\n\napp/cart.py:11: TypeError\n"
    assert find_reason(output, expected) == "TypeError at app/cart.py:11"
    assert find_reason(output.replace(":11:", ":40:"), expected) is None


def test_logged_values_are_read() -> None:
    """Names and values beside an error are found in logfmt and JSON."""
    assert read_values('order_id=4831 user="a b" {"customer": 7, "kind": "x"}') == {
        "order_id": "4831",
        "user": "a b",
        "customer": "7",
        "kind": "x",
    }
