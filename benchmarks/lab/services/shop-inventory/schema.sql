CREATE TABLE stock (
  sku text PRIMARY KEY,
  on_hand integer NOT NULL CHECK (on_hand >= 0),
  shelf text NOT NULL
);
CREATE TABLE reservations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku text NOT NULL REFERENCES stock,
  quantity integer NOT NULL CHECK (quantity > 0),
  basket text NOT NULL,
  expires_at timestamptz NOT NULL
);
INSERT INTO stock
  SELECT 'SKU-' || n, CASE WHEN n % 97 = 0 THEN 0 ELSE 20000 + n END, chr(65 + n % 26) || '-' || n % 40
  FROM generate_series(1000, 1699) AS n;
