"""The warehouse is asked at its good address, and the service answers as before."""

import tomllib
from pathlib import Path

from inventory_service import expect_all_well, open_inventory
from wsgi import expect

url = tomllib.loads(Path("config.toml").read_text("utf-8"))["warehouse"]["url"]
expect("warehouse.url", url, "http://warehouse.partner.example:8090")
expect_all_well(open_inventory())
