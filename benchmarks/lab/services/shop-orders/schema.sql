CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  city text
);
CREATE TABLE delivery_preferences (
  customer_id integer PRIMARY KEY REFERENCES customers,
  time_window text NOT NULL,
  leave_with_neighbour boolean NOT NULL DEFAULT false
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers,
  status text NOT NULL DEFAULT 'placed',
  placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_lines (
  order_id bigint NOT NULL REFERENCES orders,
  sku text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_cents integer NOT NULL,
  PRIMARY KEY (order_id, sku)
);
CREATE TABLE audit_trail (
  order_id bigint NOT NULL REFERENCES orders,
  customer_id integer NOT NULL,
  cents integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at);

INSERT INTO customers
  SELECT n, 'Customer ' || n, 'customer' || n || '@mail.example',
         CASE WHEN n % 11 = 0 THEN NULL ELSE (ARRAY['Lyon', 'Gent', 'Porto', 'Turku', 'Graz'])[1 + n % 5] END
  FROM generate_series(1, 2000) AS n;
INSERT INTO delivery_preferences
  SELECT id, (ARRAY['08-12', '12-16', '16-20'])[1 + id % 3], id % 4 = 0 FROM customers WHERE id % 6 <> 0;
INSERT INTO orders (customer_id, status, placed_at)
  SELECT 1 + (n * 7919) % 2000, (ARRAY['placed', 'packed', 'shipped', 'delivered'])[1 + n % 4], now() - n * interval '7 minutes'
  FROM generate_series(1, 9000) AS n;
INSERT INTO order_lines
  SELECT id, 'SKU-' || (1000 + (id * 31) % 400), 1 + id % 3, 500 + (id * 137) % 9000 FROM orders;
INSERT INTO order_lines
  SELECT id, 'SKU-' || (1400 + (id * 17) % 300), 1, 900 + (id * 71) % 4000 FROM orders WHERE id % 3 = 0;
