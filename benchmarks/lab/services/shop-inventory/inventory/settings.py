"""The configuration of this service, and what of it changed since it was loaded last."""

import json
import logging
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

log = logging.getLogger("inventory.settings")


@cache
def load() -> dict[str, Any]:
    """Loads the configuration once per process, and logs each value that differs from the last load."""
    settings = tomllib.loads(Path(os.environ["INVENTORY_CONFIG"]).read_text())
    kept = Path(os.environ["INVENTORY_STATE"]) / "last-config.json"
    before = json.loads(kept.read_text()) if kept.exists() else settings
    for section, values in settings.items():
        for name, value in values.items():
            was = before.get(section, {}).get(name)
            if was != value:
                log.info(
                    "configuration changed", extra={"data": {"key": f"{section}.{name}", "was": was, "now": value}}
                )
    kept.write_text(json.dumps(settings))
    log.info("configuration loaded", extra={"data": {"file": os.environ["INVENTORY_CONFIG"]}})
    return settings
