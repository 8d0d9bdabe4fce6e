"""The warehouse of the partner, who confirms that a shelf really holds what our table says."""

import json
import urllib.request

from inventory import settings


def confirm(sku: str, shelf: str, quantity: int) -> bool:
    """Asks the warehouse to set goods aside."""
    warehouse = settings.load()["warehouse"]
    url = f"{warehouse['url']}/shelves/{shelf}/{sku}?quantity={quantity}"
    with urllib.request.urlopen(url, timeout=warehouse["timeout_s"]) as answer:
        return bool(json.load(answer)["confirmed"])
