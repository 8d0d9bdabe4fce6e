"""WSGI application: one path, which turns a basket into a purchase."""

import json
import logging
import logging.handlers
import os
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from checkout import __version__, inventory

_handler = logging.handlers.WatchedFileHandler(os.environ["LOG_FILE"])
_handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
logging.basicConfig(level=logging.INFO, handlers=[_handler])
log = logging.getLogger("checkout.app")
_threads = os.environ.get("WEB_THREADS", "1")
log.info("checkout %s started: %s threads, inventory at %s", __version__, _threads, os.environ["INVENTORY_URL"])

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves one request."""
    started = time.perf_counter()
    request_id = environ.get("HTTP_X_REQUEST_ID", "-")
    try:
        status, answer = _dispatch(environ, request_id)
    except inventory.OutOfStockError as error:
        status, answer = 409, {"error": f"{error} is out of stock"}
    except inventory.InventoryError:
        log.exception("checkout failed request_id=%s", request_id)
        status, answer = 502, {"error": "please try again"}
    except Exception:
        log.exception("unhandled error request_id=%s", request_id)
        status, answer = 500, {"error": "internal error"}
    took_s = time.perf_counter() - started
    log.info(
        "%s %s %d %.3fs request_id=%s", environ["REQUEST_METHOD"], environ["PATH_INFO"], status, took_s, request_id
    )
    payload = json.dumps(answer).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [payload]


def _dispatch(environ: dict[str, Any], request_id: str) -> tuple[int, dict[str, Any]]:
    if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/checkout"):
        return 404, {"error": "not found"}
    body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    reservation = inventory.reserve(body["basket"], body["sku"], int(body["quantity"]), request_id)
    log.info("basket %s bought, reservation %d", body["basket"], reservation)
    return 201, {"reservation": reservation}
