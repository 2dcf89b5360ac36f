-- view: lines
-- One typed row for every record of the view `source`, whose columns are all text. Nothing is dropped or merged here:
-- equal lines are real sales. `reject` says why a record cannot be counted; the job sets those aside and counts them.
WITH typed AS (
  SELECT
    nullif(trim(invoice), '') AS invoice,
    nullif(trim(stock_code), '') AS stock_code,
    nullif(trim(description), '') AS description,
    try_cast(trim(quantity) AS INT) AS quantity,
    try_cast(trim(unit_price) AS DECIMAL(12, 3)) AS unit_price,
    try_cast(trim(unit_price) AS DECIMAL(38, 18)) AS stated_price,
    CASE
      -- Epoch seconds have at least nine digits since 1973, so a date such as 20101201 is not taken for 1970.
      WHEN trim(invoice_date) RLIKE '^[0-9]{9,11}$' THEN timestamp_seconds(try_cast(trim(invoice_date) AS BIGINT))
      -- Without the pattern a time of day would be read as a time of the day of the run.
      WHEN trim(invoice_date) RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}' THEN try_cast(trim(invoice_date) AS TIMESTAMP)
    END AS invoiced_at,
    nullif(trim(customer_id), '') AS customer_id,
    coalesce(nullif(trim(country), ''), 'Unspecified') AS country,
    malformed_record,
    source_file
  FROM source
)
SELECT
  invoice,
  stock_code,
  description,
  quantity,
  unit_price,
  -- Exact: DECIMAL(10, 0) holds every INT, and the product keeps all three decimals of the price.
  CAST(quantity AS DECIMAL(10, 0)) * unit_price AS revenue,
  invoiced_at,
  CAST(invoiced_at AS DATE) AS day,
  date_format(invoiced_at, 'yyyy-MM') AS month,
  customer_id,
  country,
  invoice LIKE 'C%' AS cancelled,
  source_file,
  CASE
    WHEN malformed_record IS NOT NULL THEN 'the record does not have the columns of the header'
    WHEN invoice IS NULL THEN 'no invoice'
    WHEN stock_code IS NULL THEN 'no stock code'
    WHEN quantity IS NULL THEN 'the quantity is not a whole number'
    WHEN unit_price IS NULL THEN 'the unit price is not a number'
    WHEN unit_price <> stated_price THEN 'the unit price has more than three decimals'
    WHEN invoiced_at IS NULL THEN 'the invoice date is neither epoch seconds nor ISO 8601'
  END AS reject
FROM typed
