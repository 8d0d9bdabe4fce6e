"""What a mail says."""

import json
from decimal import Decimal
from typing import Any


def render(payload: str) -> tuple[str, str]:
    """Renders an order event; returns the address and the text."""
    event: dict[str, Any] = json.loads(payload)
    total = Decimal(event["total"])
    return event["email"], f"Thank you for order {event['order']}: {total:.2f} {event['currency']}."
