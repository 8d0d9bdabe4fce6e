"""The warehouse of the partner, who confirms that a shelf really holds what our table says."""

import json
import logging
import urllib.request

from inventory import settings

log = logging.getLogger("inventory.warehouse")


class WarehouseError(Exception):
    """The warehouse did not answer as it should."""


def confirm(sku: str, shelf: str, quantity: int) -> bool:
    """Asks the warehouse to set goods aside."""
    warehouse = settings.load()["warehouse"]
    url = f"{warehouse['url']}/shelves/{shelf}/{sku}?quantity={quantity}"
    try:
        with urllib.request.urlopen(url, timeout=warehouse["timeout_s"]) as answer:
            confirmation = json.load(answer)
    except OSError as error:
        log.warning("warehouse call failed", extra={"data": {"url": url, "error": str(error)}})
        raise WarehouseError(str(error)) from error
    log.info("warehouse confirmed", extra={"data": {"sku": sku, "gate": confirmation["slot"]["gate"]}})
    return bool(confirmation["confirmed"])
