CREATE TABLE products (
  sku text PRIMARY KEY,
  title text NOT NULL,
  about text NOT NULL
);
CREATE TABLE bought (
  basket integer NOT NULL,
  sku text NOT NULL REFERENCES products
);
INSERT INTO products
  SELECT 'SKU-' || n, 'Product ' || n,
         (SELECT string_agg(md5(n || '/' || part), ' ') FROM generate_series(1, 15) AS part)
  FROM generate_series(1000, 1399) AS n;
INSERT INTO bought
  SELECT n / 4, 'SKU-' || (1000 + ('x' || left(md5(n::text), 6))::bit(24)::integer % 400)
  FROM generate_series(1, 480000) AS n;
CREATE INDEX bought_by_basket ON bought (basket);
