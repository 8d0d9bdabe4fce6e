"""Client of the recommend service."""

import json
import logging
import os
import urllib.request
from typing import Any

log = logging.getLogger("storefront.recommend")

_TIMEOUT_S = 1.5
_ATTEMPTS = 2


class RecommendError(Exception):
    """The recommend service did not answer in time."""


def find_together(sku: str, request_id: str) -> list[dict[str, Any]]:
    """Returns what others bought together with a product; tries twice."""
    url = f"{os.environ['RECOMMEND_URL']}/recommend/{sku}"
    request = urllib.request.Request(url, headers={"X-Request-ID": request_id})
    last: Exception | None = None
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                together: list[dict[str, Any]] = json.load(answer)["together"]
                return together
        except OSError as error:
            log.error("GET %s failed (attempt %d of %d): %s", url, attempt, _ATTEMPTS, error)
            last = error
    raise RecommendError(f"no recommendations for {sku} after {_ATTEMPTS} attempts") from last
