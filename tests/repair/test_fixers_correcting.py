"""Fixers that do what the code meant to do: exactly this text comes out, and beside it stands what must stay alone."""

import pytest

from hotfix.repair.fixers import CORRECTIONS, FIXERS, Trouble
from hotfix.repair.parsing import find_fault
from hotfix.repair.source import Source

_GROUP = "def group(rows):\n    days = {}\n    for row in rows:\n        days[row.day].append(row)\n    return days\n"
_COUNT = _GROUP.replace("days[row.day].append(row)", "days[row.day][row.kind] += 1")
_LOAD = 'def load(payload):\n    payload["items"].append(1)\n'
_SWEEP = "def sweep(store):\n    for key in store:\n        del store[key]\n"
_SHOW = "def show(store):\n    for key in store:\n        print(key)\n"
_NOW = "def late(at):\n    return at < datetime.utcnow()\n"
_WAIT = "async def rows():\n    return []\n\n\nasync def first():\n    found = rows()\n    return found[0]\n"
_LOCK = (
    "package a\n\nfunc (s *Store) Get(k string) int {\n\ts.mu.RLock()\n\tdefer s.mu.RUnlock()\n\treturn s.m[k]\n}\n\n"
    "func (s *Store) Put(k string) {\n\ts.m[k] = 1\n}\n"
)
_CALLED_LOCKED = _LOCK + "\nfunc (s *Store) Both() {\n\ts.mu.Lock()\n\ts.Put(s.name)\n\ts.mu.Unlock()\n}\n"
_SCALE = "class A {\n    BigDecimal f(BigDecimal a) {\n        return a.setScale(2);\n    }\n}\n"
_LINES = "def read(text):\n    for line in text:\n        name, value = line.split('=')\n        use(name, value)\n"
_NAIVE = "can't compare offset-naive and offset-aware datetimes"
_CHANGED = "dictionary changed size during iteration"
_WRITES = "concurrent map writes"
_PRICE = "def price(item):\n    return item.rate * item.amount\n"
_DECIMAL = "from decimal import Decimal\n\n\n" + _PRICE
_MIXED = "unsupported operand type(s) for *: 'decimal.Decimal' and 'float'"
_UNPACK = "too many values to unpack (expected 2)"

_CASES = {
    "first of a group": (
        "grouped", "a.py", _GROUP, 4, "KeyError", "'mon'",
        _GROUP.replace("days[row.day].", "days.setdefault(row.day, [])."),
    ),
    "first count of a group": (
        "grouped", "a.py", _COUNT, 4, "KeyError", "'mon'",
        _COUNT.replace(
            "        days[row.day][row.kind] += 1",
            "        days.setdefault(row.day, {})\n"
            "        days[row.day][row.kind] = days[row.day].get(row.kind, 0) + 1",
        ),
    ),
    "a field that a partner left out is no group": ("grouped", "a.py", _LOAD, 2, "KeyError", "'items'", None),
    "what a loop changes": (
        "copied", "a.py", _SWEEP, 2, "RuntimeError", _CHANGED, _SWEEP.replace("in store", "in list(store)")
    ),
    "now and a time with a timezone": (
        "timezone", "a.py", _NOW, 2, "TypeError", _NAIVE,
        _NOW.replace("datetime.utcnow()", "(datetime.utcnow() if at.tzinfo is None else datetime.now(at.tzinfo))"),
    ),
    "a call that was not awaited": (
        "awaited", "a.py", _WAIT, 7, "TypeError", "'coroutine' object is not subscriptable",
        _WAIT.replace("= rows()", "= await rows()"),
    ),
    "a function that may not wait": (
        "awaited", "a.py", _WAIT.replace("async def first", "def first"), 7, "TypeError",
        "'coroutine' object is not subscriptable", None,
    ),
    "a lock that others take": (
        "locked", "a.go", _LOCK, 10, "panic", _WRITES,
        _LOCK.replace("\ts.m[k] = 1", "\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\ts.m[k] = 1"),
    ),
    "a method that is called with the lock": ("locked", "a.go", _CALLED_LOCKED, 10, "panic", _WRITES, None),
    "rounding that nothing tells": (
        "rounded", "A.java", _SCALE, 3, "ArithmeticException", "Rounding necessary",
        _SCALE.replace("(2)", "(2, java.math.RoundingMode.HALF_UP)"),
    ),
    "a separator in a value": (
        "parted", "a.py", _LINES, 3, "ValueError", _UNPACK, _LINES.replace("('=')", "('=', 1)")
    ),
    "an exact decimal times a fraction": (
        "converted", "a.py", _DECIMAL, 5, "TypeError", _MIXED,
        _DECIMAL.replace("item.amount", "Decimal(str(item.amount))"),
    ),
    "a file that knows no exact decimals": ("converted", "a.py", _PRICE, 2, "TypeError", _MIXED, None),
}  # fmt: skip


def _make_trouble(path: str, text: str, line: int, exception: str, message: str) -> Trouble:
    source = Source(path, text.encode())
    return Trouble(source, line, exception, message, "x", {path: source})


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_fixer_gives_exactly_this(case: tuple[str, str, str, int, str, str, str | None]) -> None:
    """The first fix is the text that a careful person would write, or there is none; it parses."""
    name, path, text, line, exception, message, wanted = case
    fix = next(FIXERS[name](_make_trouble(path, text, line, exception, message)), None)
    assert (fix.source.text if fix else None) == wanted
    assert fix is None or find_fault(fix.source) is None


@pytest.mark.parametrize("case", [
    ("copied", "a.py", _SHOW, 2, "RuntimeError", _CHANGED),
    ("rounded", "A.java", _SCALE, 3, "ArithmeticException", "Rounding necessary"),
], ids=["copied", "rounded"])  # fmt: skip
def test_guess_is_called_a_mitigation(case: tuple[str, str, str, int, str, str]) -> None:
    """A copy of what another thread changes, and a rounding that nothing tells, only stop the harm."""
    name, path, text, line, exception, message = case
    fix = next(FIXERS[name](_make_trouble(path, text, line, exception, message)))
    assert fix.mitigation


@pytest.mark.parametrize(("use", "given"), [
    ("    event = decode(m)\n    send(event)\n", False),
    ("    event = decode(m)\n    if event is not None:\n        send(event)\n", True),
    ("    return decode(m)\n", True),
    ("    return decode(m).name\n", False),
])  # fmt: skip
def test_nothing_is_given_back_only_where_callers_bear_it(use: str, *, given: bool) -> None:
    """A guard gives None where no caller is known to use the result without a question."""
    text = f"def decode(m):\n    body = m.body\n    return Event(body.name)\n\n\ndef drain(m):\n{use}"
    message = "'NoneType' object has no attribute 'name'"
    fixes = list(FIXERS["missing_value"](_make_trouble("a.py", text, 3, "AttributeError", message)))
    assert any("return None" in fix.source.text for fix in fixes) is given


def test_corrections_are_fixers() -> None:
    """Each correction is in the table of fixers."""
    assert set(FIXERS) >= CORRECTIONS
