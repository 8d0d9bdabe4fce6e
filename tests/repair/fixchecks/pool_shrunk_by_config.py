"""The pool has its good size, and the service answers as before."""

import tomllib
from pathlib import Path

from inventory_service import expect_all_well, open_inventory
from wsgi import expect

expect("pool_size", tomllib.loads(Path("config.toml").read_text("utf-8"))["database"]["pool_size"], 20)
expect_all_well(open_inventory())
