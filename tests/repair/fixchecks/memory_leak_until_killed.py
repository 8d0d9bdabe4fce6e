"""What the service keeps in memory does not grow with the number of baskets."""

import gc
import tracemalloc

from inventory_service import expect_all_well, open_inventory, reserve
from wsgi import expect

site = open_inventory()
expect_all_well(site)
tracemalloc.start()
for basket in range(40):
    expect(f"reservation of basket {basket}", reserve(site, "SKU-1", f"b-{basket}"), 201)
gc.collect()
kept_bytes = tracemalloc.get_traced_memory()[0]
expect(f"memory as before, {kept_bytes} bytes more after 40 baskets", kept_bytes < 1_000_000, wanted=True)
