"""Logging of this service: one line per event, times in UTC."""

import logging
import logging.handlers
import os
import time

_FORMAT = "%(asctime)s %(levelname)-7s [%(process)d:%(threadName)s] %(name)s: %(message)s"


def configure() -> None:
    """Writes to LOG_FILE, which logrotate may move away at any time."""
    handler = logging.handlers.WatchedFileHandler(os.environ["LOG_FILE"])
    formatter = logging.Formatter(_FORMAT)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), handlers=[handler])
