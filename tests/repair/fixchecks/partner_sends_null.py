"""A reservation that the partner confirms without a slot is made; all others are as before."""

from inventory_service import expect_all_well, open_inventory, reserve
from wsgi import expect

site = open_inventory()
expect("a reservation without a slot", reserve(site, "SKU-4"), 201)
expect_all_well(site)
