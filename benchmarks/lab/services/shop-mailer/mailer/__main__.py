"""Reads events in order, acknowledges each after its mail is out; what was not acknowledged comes first again."""
# mypy: disable-error-code="import-not-found"

import logging
import os
import sys
import time
from typing import Any

import redis

from mailer import __version__
from mailer.render import render

log = logging.getLogger("mailer")

_STREAM, _GROUP, _NAME = "order-events", "mailer", "mailer-1"


def main() -> None:
    """Consumes for ever."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stdout,
        format="%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.Formatter.converter = time.gmtime
    client = redis.Redis.from_url(os.environ["MAILER_REDIS"], decode_responses=True)
    log.info("mailer %s started, reading %s as %s/%s", __version__, _STREAM, _GROUP, _NAME)
    try:
        client.xgroup_create(_STREAM, _GROUP, id="0", mkstream=True)
    except redis.ResponseError:
        log.info("consumer group %s exists", _GROUP)
    position = "0"
    while True:
        answer = client.xreadgroup(_GROUP, _NAME, {_STREAM: position}, count=1, block=5000)
        entries = answer[0][1] if answer else []
        if not entries:
            position = ">"
        for ident, fields in entries:
            _handle(client, ident, fields)


def _handle(client: Any, ident: str, fields: dict[str, str]) -> None:
    pending = client.xlen(_STREAM)
    log.info("event %s read (stream length %d)", ident, pending)
    try:
        address, text = render(fields["payload"])
    except Exception:
        log.critical("cannot handle event %s", ident, exc_info=True)
        raise
    log.info("mail for event %s sent to %s (%d characters)", ident, address, len(text))
    client.xack(_STREAM, _GROUP, ident)
    client.xdel(_STREAM, ident)


if __name__ == "__main__":
    main()
