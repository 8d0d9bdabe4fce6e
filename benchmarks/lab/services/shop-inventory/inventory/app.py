"""WSGI application: finds the view for a request, logs each request, turns errors into answers."""

import json
import logging
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from inventory import __version__, db, logs, reservations, settings, warehouse

logs.configure()
log = logging.getLogger("inventory.app")
log.info("starting", extra={"data": {"version": __version__}})
settings.load()
if certificate := os.environ.get("TLS_CERTIFICATE"):
    asked = ["openssl", "x509", "-in", certificate, "-noout", "-subject", "-enddate"]
    answer_lines = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split("\n")
    subject, not_after = (line.partition("=")[2].strip() for line in answer_lines[:2])
    log.info("serving TLS", extra={"data": {"subject": subject, "not_after": not_after}})

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves one request."""
    started = time.perf_counter()
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    data: dict[str, Any] = {"method": method, "path": path, "request_id": environ.get("HTTP_X_REQUEST_ID", "-")}
    try:
        status, answer = _dispatch(method, path, environ)
    except db.Timeout as error:
        log.error("no database connection", extra={"data": {**data, "error": str(error)}})
        status, answer = 503, {"error": "try again later"}
    except warehouse.WarehouseError as error:
        log.error("reservation failed", extra={"data": {**data, "error": str(error)}})
        status, answer = 504, {"error": "warehouse does not answer"}
    except Exception:
        log.exception("unhandled error", extra={"data": data})
        status, answer = 500, {"error": "internal error"}
    data |= {"status": status, "duration_ms": round(1000 * (time.perf_counter() - started), 1)}
    log.info("request", extra={"data": data})
    payload = json.dumps(answer).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [payload]


def _dispatch(method: str, path: str, environ: dict[str, Any]) -> reservations.Answer:
    if method == "GET" and (found := re.fullmatch(r"/stock/(SKU-\d+)", path)):
        return reservations.show_stock(found[1])
    if method == "POST" and path == "/reservations":
        body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        return reservations.reserve(body["basket"], body["sku"], int(body["quantity"]))
    return 404, {"error": "not found"}
