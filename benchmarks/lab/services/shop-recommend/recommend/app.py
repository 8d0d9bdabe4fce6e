"""WSGI application: one path, answered from the cache where it can be."""

import json
import logging
import logging.handlers
import os
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from recommend import __version__, cache, store

_handler = logging.handlers.WatchedFileHandler(os.environ["LOG_FILE"])
_handler.setFormatter(logging.Formatter("%(asctime)s [%(process)d] %(levelname)s %(name)s - %(message)s"))
logging.basicConfig(level=logging.INFO, handlers=[_handler])
log = logging.getLogger("recommend.app")
log.info("recommend %s started", __version__)
cache.watch()

StartResponse = Callable[[str, list[tuple[str, str]]], object]
_JSON = [("Content-Type", "application/json")]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves one request."""
    started = time.perf_counter()
    path, request_id = environ["PATH_INFO"], environ.get("HTTP_X_REQUEST_ID", "-")
    source = "none"
    try:
        status, payload, source = _answer(path)
    except store.Timeout as error:
        log.error("GET %s: %s request_id=%s", path, error, request_id)
        status, payload = 503, b'{"error": "try again later"}'
    except Exception:
        log.exception("unhandled error serving GET %s request_id=%s", path, request_id)
        status, payload = 500, b'{"error": "internal error"}'
    took_ms = 1000 * (time.perf_counter() - started)
    log.info("GET %s %d %.1fms from=%s request_id=%s", path, status, took_ms, source, request_id)
    start_response(f"{status} {HTTPStatus(status).phrase}", [*_JSON, ("Content-Length", str(len(payload)))])
    return [payload]


def _answer(path: str) -> tuple[int, bytes, str]:
    found = re.fullmatch(r"/recommend/(SKU-\d+)", path)
    if not found:
        return 404, b'{"error": "not found"}', "none"
    kept = cache.get(found[1])
    if kept is not None:
        return 200, kept, "cache"
    made = json.dumps({"sku": found[1], "together": store.find_bought_together(found[1])}).encode()
    cache.put(found[1], made)
    return 200, made, "database"
