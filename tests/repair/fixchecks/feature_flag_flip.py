"""With the flag on, an order of one line is shown and sent once; one of two lines is split as before, if at all."""

from orders_service import expect_all_well, open_orders
from wsgi import expect

site = open_orders(flags={"split_shipments": True, "gift_wrapping": True})
expect_all_well(site)
one_line, two_lines = (site.get(f"/api/orders/{order}")[1].get("shipments") for order in (11, 10))
if two_lines is not None:
    expect("shipments of an order of two lines", two_lines, [["SKU-2"], ["SKU-1"]])
    expect("what is sent of an order of one line", [sku for parcel in one_line for sku in parcel], ["SKU-1"])
