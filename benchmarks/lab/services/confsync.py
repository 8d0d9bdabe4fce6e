"""Keeps a running Redis at the settings of a file, as tools that manage configurations do.

`python confsync.py NAME HOST PORT FILE`: reads FILE (lines "setting value") every few seconds, applies with CONFIG SET
what differs from the last time, and says so; now and then it says how the server fares.
"""
# mypy: disable-error-code="import-not-found"

import hashlib
import logging
import sys
import time
from pathlib import Path
from typing import Any

import redis

log = logging.getLogger("confsync")

_LOOK_S = 2.0
_REPORT_S = 30.0


def main() -> None:
    """Keeps watch for ever."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-5s %(name)s %(message)s")
    name, host, port, file = sys.argv[1:]
    server = redis.Redis(host=host, port=int(port), socket_timeout=5.0, decode_responses=True)
    known: dict[str, str] = {}
    reported = 0.0
    while True:
        known = _apply(server, f"{name} ({host}:{port})", Path(file), known)
        if time.monotonic() - reported > _REPORT_S:
            reported = time.monotonic()
            _report(server, name)
        time.sleep(_LOOK_S)


def _apply(server: Any, name: str, file: Path, known: dict[str, str]) -> dict[str, str]:
    text = file.read_text()
    wanted = dict(line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#"))
    revision = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]
    if not known:
        log.info("%s: %s revision %s, %d settings in sync", name, file.name, revision, len(wanted))
    changed = [key for key, value in wanted.items() if known and known.get(key) != value]
    if changed:
        log.info("%s: %s revision %s, %d of %d settings differ", name, file.name, revision, len(changed), len(wanted))
    for key in changed:
        server.config_set(key, wanted[key])
        log.info("%s: CONFIG SET %s %s -> %s", name, key, known.get(key, "(unset)"), wanted[key])
    return wanted


def _report(server: Any, name: str) -> None:
    info = server.info()
    used, limit = info["used_memory_human"], info["maxmemory_human"]
    clients, keys, evicted = info["connected_clients"], info.get("db0", {}).get("keys", 0), info["evicted_keys"]
    log.info("%s: keys=%d used_memory=%s/%s evicted_keys=%d clients=%d", name, keys, used, limit, evicted, clients)


if __name__ == "__main__":
    main()
