"""Two baskets with the same goods lock them in the same order, whatever the order in which they were chosen."""

import psycopg
from inventory_service import expect_all_well, open_inventory
from wsgi import Site, expect


def lock(site: Site, skus: list[str]) -> list[str]:
    """Return the goods of a basket in the order in which its reservation changes them."""
    begin = len(psycopg.STATEMENTS)
    lines = [{"sku": sku, "quantity": 1} for sku in skus]
    expect("a basket", site.post("/stock/baskets", {"basket": "b-1", "lines": lines}), (201, {"basket": "b-1"}))
    changes = [values for said, values in psycopg.STATEMENTS[begin:] if said.startswith("UPDATE stock")]
    return [value for values in changes for value in values if value in skus]


site = open_inventory()
expect_all_well(site)
expect("order of the locks", lock(site, ["SKU-2", "SKU-1"]), lock(site, ["SKU-1", "SKU-2"]))
expect("what is left", site.get("/stock/SKU-1"), (200, {"sku": "SKU-1", "on_hand": 998}))
basket = {"basket": "b-2", "lines": [{"sku": "SKU-1", "quantity": 1}, {"sku": "SKU-3", "quantity": 1}]}
expect("a basket of which one is out of stock", site.post("/stock/baskets", basket)[0], 409)
expect("what is left after it", site.get("/stock/SKU-1")[1]["on_hand"], 998)
