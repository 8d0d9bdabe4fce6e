"""WSGI application: finds the view for a request, logs each request, turns errors into answers."""

import json
import logging
import platform
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from orders import __version__, logs, revision, views

logs.configure()
log = logging.getLogger("orders.app")
log.info("orders %s starting (revision %s, python %s)", __version__, revision, platform.python_version())

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves one request."""
    started = time.perf_counter()
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    request_id = environ.get("HTTP_X_REQUEST_ID", "-")
    try:
        status, answer = _dispatch(method, path, environ)
    except Exception:
        log.exception("unhandled error serving %s %s request_id=%s", method, path, request_id)
        status, answer = 500, {"error": "internal error"}
    took_ms = 1000 * (time.perf_counter() - started)
    if path != "/healthz":
        log.info("%s %s -> %d in %.1f ms request_id=%s", method, path, status, took_ms, request_id)
    payload = json.dumps(answer).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [payload]


def _dispatch(method: str, path: str, environ: dict[str, Any]) -> views.Answer:
    if method == "GET" and path == "/healthz":
        return 200, {"status": "ok", "version": __version__}
    if method == "GET" and (found := re.fullmatch(r"/api/orders/(\d+)", path)):
        return views.show_order(int(found[1]))
    if method == "GET" and (found := re.fullmatch(r"/api/customers/(\d+)/orders", path)):
        return views.list_orders(int(found[1]))
    if method == "POST" and path == "/api/orders":
        return views.place_order(_read_json(environ))
    return 404, {"error": "not found"}


def _read_json(environ: dict[str, Any]) -> dict[str, Any]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    parsed = json.loads(body or b"{}")
    return parsed if isinstance(parsed, dict) else {}
