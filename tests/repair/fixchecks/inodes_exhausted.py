"""The number of files on the volume does not grow with that of orders."""

from orders_service import DATA, expect_all_well, open_orders, place_orders
from wsgi import expect

site = open_orders()
expect_all_well(site)
place_orders(site, 100, cents=900)
files = len([path for path in DATA.rglob("*") if path.is_file()])
expect(f"few files after 100 orders, {files} found", files <= 10, wanted=True)
