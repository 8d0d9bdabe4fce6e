"""Logging of this service: one JSON object per line."""

import json
import logging
import logging.handlers
import os
from datetime import UTC, datetime
from typing import Any


class JsonFormatter(logging.Formatter):
    """Renders a record as one JSON object; what is passed as `extra={"data": …}` becomes fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Renders one record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: dict[str, Any] = {
            "ts": at,
            "level": record.levelname.lower(),
            "service": os.environ.get("INSTANCE", "inventory"),
            "logger": record.name,
            "msg": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            fields["exc"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def configure() -> None:
    """Writes to LOG_FILE, which logrotate may move away at any time."""
    handler = logging.handlers.WatchedFileHandler(os.environ["LOG_FILE"])
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), handlers=[handler])
