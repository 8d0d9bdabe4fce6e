"""Client of the inventory service."""

import json
import logging
import os
import time
import urllib.error
import urllib.request
from typing import Any

log = logging.getLogger("checkout.inventory")

_TIMEOUT_S = 2.5
_ATTEMPTS = 3
_PAUSE_S = 0.2


class InventoryError(Exception):
    """The inventory service did not do what it was asked."""


class OutOfStockError(InventoryError):
    """The goods are not there: trying again is useless."""


def reserve(basket: str, sku: str, quantity: int, request_id: str) -> int:
    """Reserves goods and returns the number of the reservation; tries three times."""
    body = {"basket": basket, "sku": sku, "quantity": quantity}
    last: Exception | None = None
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return int(_post("/reservations", body, request_id)["reservation"])
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
                if error.code == 409:
                    raise OutOfStockError(sku) from error
            log.error("POST %s/reservations failed (attempt %d of %d): %s", _base(), attempt, _ATTEMPTS, error)
            last = error
        time.sleep(_PAUSE_S * attempt)
    raise InventoryError(f"could not reserve {sku} for basket {basket}: gave up after {_ATTEMPTS} attempts") from last


def _post(path: str, body: dict[str, Any], request_id: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "X-Request-ID": request_id}
    request = urllib.request.Request(_base() + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
        parsed: dict[str, Any] = json.load(answer)
        return parsed


def _base() -> str:
    return os.environ["INVENTORY_URL"]
