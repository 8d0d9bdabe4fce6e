"""The pages of orders are shown on the data as they are since the migration, with the city under its old name."""

from orders_service import expect_all_well, open_orders

expect_all_well(open_orders(migration="ALTER TABLE customers RENAME COLUMN city TO town;"))
