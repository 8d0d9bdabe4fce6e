"""An event with a decimal comma becomes a mail with the right sum; good events as before, broken ones still fail."""

import json
from importlib import import_module

from wsgi import expect

render = import_module("mailer.render").render


def write(total: object) -> str:
    """Return the mail about an order."""
    return str(render(json.dumps({"email": "a@b.example", "order": 7, "total": total, "currency": "EUR"}))[1])


for total, said in {"12,50": "12.50", "1234,5": "1234.50", "12.50": "12.50", "7": "7.00", "0.10": "0.10"}.items():
    expect(f"mail about {total!r}", write(total), f"Thank you for order 7: {said} EUR.")
expect("mail about the number 3", write(3), "Thank you for order 7: 3.00 EUR.")
try:
    write("twelve")
except ArithmeticError:
    pass
else:
    raise SystemExit("mail about 'twelve': expected an error, found a mail")
