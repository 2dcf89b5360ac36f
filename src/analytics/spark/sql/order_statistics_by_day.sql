-- table: order_statistics_by_day
-- partition: month
-- Three decimals are kept, because rows rounded to two would no longer sum to the rounded total.
SELECT
  day,
  month,
  count(DISTINCT CASE WHEN NOT cancelled THEN invoice END) AS orders,
  count(DISTINCT CASE WHEN cancelled THEN invoice END) AS cancellations,
  count(*) AS lines,
  count(DISTINCT customer_id) AS customers,
  sum(quantity) AS net_units,
  CAST(sum(CASE WHEN revenue > 0 THEN revenue ELSE 0 END) AS DECIMAL(18, 3)) AS gross_revenue,
  CAST(sum(revenue) AS DECIMAL(18, 3)) AS net_revenue
FROM lines
GROUP BY day, month
