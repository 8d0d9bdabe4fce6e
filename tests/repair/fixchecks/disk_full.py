"""Orders leave next to nothing on the volume: at most 1 kB each, where a receipt had 45 kB."""

from orders_service import DATA, expect_all_well, open_orders, place_orders
from wsgi import expect

site = open_orders()
expect_all_well(site)
place_orders(site, 100, cents=900)
kept_bytes = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())
expect(f"room for 100 more orders, {kept_bytes} bytes kept for the last 100", kept_bytes <= 100_000, wanted=True)
