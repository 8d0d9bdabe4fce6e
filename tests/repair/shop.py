"""A small project with an error, its tests and its data, and patches of it: a right one and wrong ones."""

from dataclasses import replace

from hotfix.core.facts import Analysis, Evidence, EvidenceKind, Place
from tests.report.analyses import ONSET, incident

CART = '''"""The cart of a customer."""

import json

from app import store


def total(customer):
    """Return what a cart costs, less its discount."""
    cart = store.find_cart(customer)
    percent = cart["discount"]["percent"]
    return sum(item["price"] for item in cart["items"]) * (100 - percent) // 100


def read_order(text):
    """Return the sum of an order, in the format of today or of last year."""
    order = json.loads(text)
    return order["sum"] if "sum" in order else order["total_cents"]


def count_primes(most):
    """Return how many primes there are up to a number."""
    return sum(all(number % other for other in range(2, number)) for number in range(2, most))
'''
FILES = {
    "app/__init__.py": "",
    "app/cart.py": CART,
    "app/store.py": '''"""Where carts lie."""

CARTS = {
    1: {"discount": {"percent": 10}, "items": [{"price": 100}, {"price": 50}]},
    2: {"discount": None, "items": [{"price": 70}]},
}


def find_cart(customer):
    """Return the cart of a customer."""
    return CARTS[customer]
''',
    "app/read.py": "import sys\nfrom app import cart\nprint(cart.read_order(sys.stdin.read()))\n",
    "app/race.py": "from app import cart\nprint(cart.count_primes(5000))\n",
    "tests/__init__.py": "",
    "tests/test_cart.py": """import unittest

from app import cart


class CartTest(unittest.TestCase):
    def test_discount_is_taken_off(self):
        self.assertEqual(cart.total(1), 135)

    def test_primes_are_counted(self):
        self.assertEqual(cart.count_primes(12), 5)
""",
    "logo.png": bytes(range(256)),
}
_LINE = 'percent = cart["discount"]["percent"]'


def _change(old: str, new: str) -> dict[str, str | bytes | None]:
    assert old in CART
    return {"app/cart.py": CART.replace(old, new)}


RIGHT = _change(_LINE, 'percent = (cart["discount"] or {"percent": 0})["percent"]')
ELSEWHERE = _change("import json", "import json  # the standard one")
ANOTHER_ERROR = _change(_LINE, 'percent = {**cart["discount"]}["percent"] if cart["discount"] else cart["rebate"]')
WITHOUT_FEATURE = _change(
    '    percent = cart["discount"]["percent"]\n'
    '    return sum(item["price"] for item in cart["items"]) * (100 - percent) // 100',
    "    return 0 if cart else 1",
)
_PRIMES = "sum(all(number % other for other in range(2, number)) for number in range(2, most))"
SLOW = {
    "app/cart.py": str(RIGHT["app/cart.py"]).replace(
        f"return {_PRIMES}", f"for _ in range(4):\n        {_PRIMES}\n    return {_PRIMES}"
    )
}
OLD_DATA = {"app/cart.py": str(RIGHT["app/cart.py"]).replace('if "sum" in order else order["total_cents"]', "")}
TESTS_EDITED = {
    **WITHOUT_FEATURE,
    "tests/test_cart.py": str(FILES["tests/test_cart.py"]).replace("(1), 135", "(1), 0"),
}

TRACE = f"""2026-01-15T14:03:07.250Z ERROR checkout request 7f3a failed customer=2
Traceback (most recent call last):
  File "/srv/checkout/app/cart.py", line {CART[: CART.index(_LINE)].count(chr(10)) + 1}, in total
    {_LINE}
              ~~~~~~~~~~~~~~~~^^^^^^^^^^^
TypeError: 'NoneType' object is not subscriptable"""

REPRO = "python3 -c 'from app import cart; cart.total(2)'"


def analysis() -> Analysis:
    """Return the incident whose evidence is the error of this project."""
    shown = Evidence(
        "E1", EvidenceKind.STACK_TRACE, ONSET, "checkout", "TypeError in total", TRACE, Place("checkout.log", 1, 6)
    )
    return replace(incident(), evidence=(shown,), deploys=(), correlations=())
