"""WSGI application: product pages."""

import logging
import logging.handlers
import os
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from storefront import __version__, recommend

_handler = logging.handlers.WatchedFileHandler(os.environ["LOG_FILE"])
_handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(threadName)s] %(name)s: %(message)s"))
logging.basicConfig(level=logging.INFO, handlers=[_handler])
log = logging.getLogger("storefront.app")
log.info("storefront %s started, recommendations from %s", __version__, os.environ["RECOMMEND_URL"])

StartResponse = Callable[[str, list[tuple[str, str]]], object]
_SHOWN = 6


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves one request."""
    started = time.perf_counter()
    path, request_id = environ["PATH_INFO"], environ.get("HTTP_X_REQUEST_ID", "-")
    try:
        status, page = _answer(path, request_id)
    except recommend.RecommendError:
        log.exception("product page failed request_id=%s", request_id)
        status, page = 502, "<h1>Please try again</h1>"
    except Exception:
        log.exception("unhandled error request_id=%s", request_id)
        status, page = 500, "<h1>Something went wrong</h1>"
    took_s = time.perf_counter() - started
    log.info("GET %s %d in %.3fs request_id=%s", path, status, took_s, request_id)
    payload = page.encode()
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(payload)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [payload]


def _answer(path: str, request_id: str) -> tuple[int, str]:
    found = re.fullmatch(r"/product/(SKU-\d+)", path)
    if not found:
        return 404, "<h1>Not found</h1>"
    together = recommend.find_together(found[1], request_id)
    rows = "".join(f"<li>{one['title']}</li>" for one in together[:_SHOWN])
    return 200, f"<h1>{found[1]}</h1><p>Others bought</p><ul>{rows}</ul>"
