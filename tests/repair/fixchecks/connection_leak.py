"""Large orders of many customers are all taken: the server's connections do not run out."""

from orders_service import expect_all_well, open_orders, place_orders

site = open_orders()
expect_all_well(site)
place_orders(site, 60, cents=9000)
