"""The order of a customer without a preference is shown; the window of one who has one is as before, if it still is."""

from orders_service import expect_all_well, open_orders
from wsgi import expect

site = open_orders()
expect_all_well(site)
order = site.get("/api/orders/10")[1]
if "delivery" in order:
    wanted = {"window": "08-12", "words": "in the morning", "neighbour": True}
    expect("delivery of a customer with a preference", order["delivery"], wanted)
