"""The orders of many customers are listed, though a process may open few files."""

import resource

from orders_service import expect_all_well, open_orders
from wsgi import expect

site = open_orders()
expect_all_well(site)
resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
for customer in range(100, 200):
    expect(f"orders of customer {customer}", site.get(f"/api/customers/{customer}/orders"), (200, {"orders": []}))
