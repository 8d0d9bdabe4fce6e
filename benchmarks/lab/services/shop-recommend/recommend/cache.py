"""Answers kept in Redis, and how often they were there."""
# mypy: disable-error-code="import-not-found"

import logging
import os
import threading
import time
from functools import cache
from typing import Any

import redis

log = logging.getLogger("recommend.cache")

_EVERY_S = 15.0
_counts = {"hit": 0, "miss": 0}


@cache
def _client() -> Any:
    return redis.Redis.from_url(os.environ["RECOMMEND_CACHE"], socket_timeout=1.0)


def get(sku: str) -> bytes | None:
    """Returns what is kept for a product."""
    found: bytes | None = _client().get(f"rec:{sku}")
    _counts["miss" if found is None else "hit"] += 1
    return found


def put(sku: str, answer: bytes) -> None:
    """Keeps an answer until Redis needs the room."""
    _client().set(f"rec:{sku}", answer)


def watch() -> None:
    """Begins to log hits and misses of this process."""
    threading.Thread(target=_watch, daemon=True, name="cache").start()


def _watch() -> None:
    while True:
        before = dict(_counts)
        time.sleep(_EVERY_S)
        hits, misses = (_counts[name] - before[name] for name in ("hit", "miss"))
        log.info("cache last %.0fs: gets=%d hits=%d misses=%d", _EVERY_S, hits + misses, hits, misses)
