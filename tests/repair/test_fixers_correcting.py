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

_LATER = (
    "def late(row):\n    now = datetime.utcnow()\n    at = row.at\n    log(now)\n    return at < now\n"
)  # fmt: skip
_WEIGH = (
    "def weigh(rows):\n    sums = {}\n    for row in rows:\n        sums[row.day][row.kind] += row.a if row.a else 1\n"
)
_WEIGHED = (
    "        sums.setdefault(row.day, {})\n"
    "        sums[row.day][row.kind] = sums[row.day][row.kind] + (row.a if row.a else 1) if row.kind in sums[row.day] "
    "else row.a if row.a else 1"
)
_TALLY = (
    "function tally(rows) {\n  const sums = {};\n  for (const row of rows) {\n"
    "    sums[row.day][row.kind] += row.a || 1;\n  }\n}\n"
)
_TALLIED = (
    "    sums[row.day] ??= {};\n"
    "    sums[row.day][row.kind] = sums[row.day][row.kind] === undefined ? row.a || 1 : sums[row.day][row.kind] "
    "+ (row.a || 1);"
)
_BOTH = (
    "package a\n\nfunc (s *Store) size() int {\n\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\treturn len(s.m)\n}\n\n"
    "func (s *Store) Put(k string) {\n\ts.m[k] = s.size()\n}\n"
)
_BOX = "class A {\n    Object f(Object a) {\n        return (Long) a;\n    }\n}\n"
_CAST = "class java.lang.{0} cannot be cast to class java.lang.{1} (both are in module java.base)"
_TRIM = "function f(v) {\n  return v.trim();\n}\n"
_FIXED = "function f(v) {\n  return v.toFixed(2);\n}\n"
_JOIN = "def say(row):\n    return 'n: ' + row.count\n"
_JOINED = 'can only concatenate str (not "{}") to str'
_ADD = "def add(row):\n    return row.name + row['key']\n"
_GO_NUMBER = 'package a\n\nfunc f(m map[string]any) (int, error) {\n\tn := m["n"].(int)\n\treturn n, nil\n}\n'
_GO_TOLD = "interface conversion: interface {} is float64, not int"
_GO_READ = (
    'package a\n\nimport "errors"\n\nfunc f(m map[string]any) (int, error) {\n'
    '\tif number, ok := m["n"].(float64); !ok || number != float64(int(number)) {\n'
    '\t\treturn 0, errors.New("f: m[\'n\'] is no int")\n\t}\n\tn := int(m["n"].(float64))\n\treturn n, nil\n}\n'
)
_PIECES = "def read(text, mark):\n    name, value = text.split(mark)\n    use(name, value)\n"
_FIRSTS = "def read(text):\n    pairs = [dict([line.split('=')]) for line in text]\n    use(pairs)\n"
_CLOSED = (
    "async function rows() {\n  return [];\n}\nasync function first(ids) {\n  return ids.map((id) =>\n"
    "    rows(id).slice(1),\n  );\n}\n"
)
_GONE = (
    "async function rows() {\n  return [];\n}\nasync function first() {\n  const found = rows();\n"
    "  return found.last.id;\n}\n"
)
_READING = "Cannot read properties of undefined (reading '{}')"
_PAGE = (
    "package a\n\nfunc page(xs []int, n, size int) []int {\n\tstart := n * size\n\tend := start + size\n"
    "\treturn xs[start:end]\n}\n"
)
_PAGED = _PAGE.replace(
    "\treturn",
    "\tif end > len(xs) {\n\t\tend = len(xs)\n\t}\n\tif start > end {\n\t\tstart = end\n\t}\n\treturn",
)
_PAGES = (
    "package a\n\nfunc pages(xs []int, size int) {\n\tfor n := 0; n < 9; n++ {\n\t\tstart := n * size\n"
    "\t\tend := start + size\n\t\tuse(xs[start:end])\n\t}\n}\n"
)
_BEYOND = "runtime error: slice bounds out of range [:4] with capacity 3"
_BARE = "function sum(xs) {\n  let n = 0;\n  for (const x of xs) n += x.a.b;\n  return n;\n}\n"
_BRACED = "function sum(xs) {\n  let n = 0;\n  for (const x of xs) {\n    n += x.a.b;\n  }\n  return n;\n}\n"
_BRACED_GUARD = _BRACED.replace("    n +=", "    if (x.a == null) {\n      continue;\n    }\n    n +=")

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
    "a sum that is no plain number": (
        "grouped", "a.py", _WEIGH, 4, "KeyError", "'mon'",
        _WEIGH.replace("        sums[row.day][row.kind] += row.a if row.a else 1", _WEIGHED),
    ),
    "the same in JavaScript": (
        "grouped", "a.js", _TALLY, 4, "TypeError", _READING.format("x"),
        _TALLY.replace("    sums[row.day][row.kind] += row.a || 1;", _TALLIED),
    ),
    "a method that calls one which takes the lock": ("locked", "a.go", _BOTH, 10, "panic", _WRITES, None),
    "a whole where a long is read": (
        "converted", "A.java", _BOX, 3, "ClassCastException", _CAST.format("Integer", "Long"),
        _BOX.replace("(Long) a", "a == null ? null : ((Long) ((Number) a).longValue())"),
    ),
    "a long that an int must hold": (
        "converted", "A.java", _BOX.replace("Long", "Integer"), 3, "ClassCastException",
        _CAST.format("Long", "Integer"),
        _BOX.replace("(Long) a", "a == null ? null : ((Integer) Math.toIntExact((Long) a))"),
    ),
    "a fraction that a long would lose": (
        "converted", "A.java", _BOX, 3, "ClassCastException", _CAST.format("Double", "Long"), None
    ),
    "a number where a text is trimmed": (
        "converted", "a.js", _TRIM, 2, "TypeError", "v.trim is not a function",
        _TRIM.replace("return v", "return (typeof v === 'number' ? String(v) : v)"),
    ),
    "a text where a number is rounded": (
        "converted", "a.js", _FIXED, 2, "TypeError", "v.toFixed is not a function",
        _FIXED.replace("return v", "return (typeof v === 'string' ? Number(v) : v)"),
    ),
    "what another call gives is not asked for twice": (
        "converted", "a.js", _TRIM.replace("v.trim", "next().trim"), 2, "TypeError", "next(...).trim is not a function",
        None,
    ),
    "a number joined to a text": (
        "converted", "a.py", _JOIN, 2, "TypeError", _JOINED.format("int"), _JOIN.replace("row.count", "str(row.count)")
    ),
    "nothing joined to a text": ("converted", "a.py", _JOIN, 2, "TypeError", _JOINED.format("NoneType"), None),
    "a quote in a key is no text that is joined": (
        "converted", "a.py", _ADD, 2, "TypeError", _JOINED.format("int"), None
    ),
    "a number of JSON": (
        "converted", "a.go", _GO_NUMBER, 4, "panic", _GO_TOLD, _GO_READ
    ),
    "pieces between what is not written down": ("parted", "a.py", _PIECES, 2, "ValueError", _UNPACK, None),
    "pieces that get no names": ("parted", "a.py", _FIRSTS, 2, "ValueError", _UNPACK, None),
    "a time that was taken before": (
        "timezone", "a.py", _LATER, 5, "TypeError", _NAIVE,
        _LATER.replace("at < now", "at < (now if at.tzinfo is None else datetime.now(at.tzinfo))"),
    ),
    "a time that was given twice": (
        "timezone", "a.py", _LATER.replace("log(now)", "now = row.seen"), 5, "TypeError", _NAIVE, None
    ),
    "a closure that may not wait": (
        "awaited", "a.js", _CLOSED, 6, "TypeError", "rows(...).slice is not a function", None
    ),
    "a member of what was not waited for": (
        "awaited", "a.js", _GONE, 6, "TypeError", _READING.format("id"), _GONE.replace("= rows()", "= await rows()")
    ),
    "a result that is undefined itself": ("awaited", "a.js", _GONE, 6, "TypeError", _READING.format("last"), None),
    "a page beyond the last": ("bounds", "a.go", _PAGE, 6, "panic", _BEYOND, _PAGED),
    "pages that are counted": (
        "bounds", "a.go", _PAGES, 7, "panic", _BEYOND,
        _PAGES.replace("\t\tuse", "\t\tif len(xs) < end {\n\t\t\treturn\n\t\t}\n\t\tuse"),
    ),
    "a loop with a block": (
        "missing_value", "a.js", _BRACED, 4, "TypeError", _READING.format("b"), _BRACED_GUARD
    ),
    "a loop without a block": ("missing_value", "a.js", _BARE, 3, "TypeError", _READING.format("b"), None),
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


_KEEP = (
    "class Store:\n    def __init__(self):\n        self.days = {}\n\n    def add(self, day, row):\n"
    "        self.days[day].append(row)\n"
)
_OPENED = _KEEP + "\n    def open(self, day):\n        self.days[day] = []\n"
_DIVIDE = "class A {\n    BigDecimal f(BigDecimal a, BigDecimal b) {\n        return a.divide(b);\n    }\n}\n"
_CENTS = (
    "class B {\n    BigDecimal g(BigDecimal a) {\n        return a.divide(TWO, 2, RoundingMode.HALF_EVEN);\n    }\n}\n"
)
_ENDLESS = "Non-terminating decimal expansion; no exact representable decimal result."
_DUMP = "import json\n\n\ndef dump(row):\n    return json.dumps(row)\n"
_NO_FORM = "Object of type date is not JSON serializable"
_PARTS = _LINES.replace("'='", "'/'")
_FIRST = "def parse(line):\n    return line.split('/', 1)\n"
_LAST = "def name(line):\n    return line.rsplit('=', 1)[0]\n"
_SHORT = "class A {\n    String f(String a) {\n        return a.substring(0, 8);\n    }\n}\n"
_MIN = (
    "class A {\n    String g(String a) {\n        return a.substring(0, Math.min(9, a.length()));\n    }\n"
    + _SHORT[10:]
)
_CUT = "begin 0, end 8, length 3"


@pytest.mark.parametrize(("case", "guess"), [
    (("rounded", "A.java", _SCALE, 3, "ArithmeticException", "Rounding necessary"), True),
    (("rounded", "A.java", _DIVIDE, 3, "ArithmeticException", _ENDLESS), True),
    (("rounded", "A.java", _DIVIDE + _CENTS, 3, "ArithmeticException", _ENDLESS), False),
    (("grouped", "a.py", _KEEP, 6, "KeyError", "'mon'"), False),
    (("grouped", "a.py", _OPENED, 6, "KeyError", "'mon'"), True),
    (("serialised", "a.py", _DUMP, 5, "TypeError", _NO_FORM), True),
    (("serialised", "a.py", _DUMP + "\n\nSAY = json.dumps(X, default=str)\n", 5, "TypeError", _NO_FORM), False),
    (("parted", "a.py", _PARTS, 3, "ValueError", _UNPACK), True),
    (("parted", "a.py", _LINES, 3, "ValueError", _UNPACK), False),
    (("parted", "a.py", _PARTS + _FIRST, 3, "ValueError", _UNPACK), False),
    (("parted", "a.py", _LINES + _LAST, 3, "ValueError", _UNPACK), True),
    (("bounds", "A.java", _SHORT, 3, "StringIndexOutOfBoundsException", _CUT), True),
    (("bounds", "A.java", _MIN, 6, "StringIndexOutOfBoundsException", _CUT), False),
])  # fmt: skip
def test_what_nothing_speaks_for_is_a_guess(case: tuple[str, str, str, int, str, str], *, guess: bool) -> None:
    """What other code does alike is founded; what nothing in the code speaks for is a guess."""
    name, path, text, line, exception, message = case
    fix = next(FIXERS[name](_make_trouble(path, text, line, exception, message)))
    assert bool(fix.guess) is guess


@pytest.mark.parametrize(("text", "mitigation"), [(_SWEEP, False), (_SHOW, True)])
def test_copy_for_another_thread_is_a_mitigation(text: str, *, mitigation: bool) -> None:
    """A copy mends a loop that changes what it goes over; where another thread does, it makes that rarer."""
    fix = next(FIXERS["copied"](_make_trouble("a.py", text, 2, "RuntimeError", _CHANGED)))
    assert (fix.mitigation, fix.guess) == (mitigation, "")


@pytest.mark.parametrize(("use", "given"), [
    ("    event = decode(m)\n    send(event)\n", False),
    ("    event = decode(m)\n    if event is not None:\n        send(event)\n", True),
    ("    return decode(m)\n", True),
    ("    return decode(m).name\n", False),
    ("    send(decode(m))\n", False),
    ("    print(decode(m))\n", True),
    ("    return 1 + decode(m)\n", False),
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
