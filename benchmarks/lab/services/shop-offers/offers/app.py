"""WSGI application: offers and holds."""

import json
import logging
import logging.handlers
import os
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from offers import __version__, holds, shards

_handler = logging.handlers.WatchedFileHandler(os.environ["LOG_FILE"])
_handler.setFormatter(logging.Formatter("%(asctime)s | %(levelname)s | %(name)s | %(message)s"))
logging.basicConfig(level=logging.INFO, handlers=[_handler])
log = logging.getLogger("offers.app")
log.info("offers %s started, shards %s", __version__, os.environ["OFFERS_SHARDS"])

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves one request."""
    started = time.perf_counter()
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    request_id = environ.get("HTTP_X_REQUEST_ID", "-")
    try:
        status, answer = _dispatch(method, path, environ)
    except shards.ShardError as error:
        log.error("%s %s failed: %s request_id=%s", method, path, error, request_id)
        status, answer = 503, {"error": "try again later"}
    except Exception:
        log.exception("unhandled error serving %s %s request_id=%s", method, path, request_id)
        status, answer = 500, {"error": "internal error"}
    took_ms = 1000 * (time.perf_counter() - started)
    log.info("%s %s %d %.1f ms request_id=%s", method, path, status, took_ms, request_id)
    payload = json.dumps(answer).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [payload]


def _dispatch(method: str, path: str, environ: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if method == "GET" and (found := re.fullmatch(r"/offers/(SKU-\d+)", path)):
        return 200, {"sku": found[1], "left": holds.count_left(found[1])}
    if method == "POST" and (found := re.fullmatch(r"/offers/(SKU-\d+)/hold", path)):
        body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        left = holds.hold(found[1], body["visitor"])
        return (201, {"sku": found[1], "left": left - 1}) if left > 0 else (409, {"error": "sold out"})
    return 404, {"error": "not found"}
