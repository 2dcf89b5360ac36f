-- table: product_popularity
-- One row per stock code and description, so that a code which was renamed can be summed either way.
-- Net units and net revenue are sums over all lines: cancellations and corrections count against sales.
SELECT
  row_number() OVER (ORDER BY sum(quantity) DESC, stock_code, description) AS rank,
  stock_code,
  description,
  sum(CASE WHEN quantity > 0 THEN quantity ELSE 0 END) AS units_sold,
  -sum(CASE WHEN cancelled THEN quantity ELSE 0 END) AS units_cancelled,
  sum(quantity) AS net_units,
  CAST(sum(CASE WHEN revenue > 0 THEN revenue ELSE 0 END) AS DECIMAL(18, 3)) AS gross_revenue,
  CAST(sum(revenue) AS DECIMAL(18, 3)) AS net_revenue,
  count(DISTINCT CASE WHEN NOT cancelled THEN invoice END) AS orders,
  count(DISTINCT customer_id) AS customers
FROM lines
GROUP BY stock_code, description
