/** Arguments of the Spark job, as `src/analytics/spark/job.py` reads them. */
export const JOB_ARGUMENTS = {
  source: '--source',
  output: '--output',
  plan: '--plan',
  database: '--database',
} as const;

/** Columns of a source file by the name the SQL uses; the values are those of the Online Retail data set. */
export const SOURCE_COLUMNS = {
  country: 'Country',
  customer_id: 'CustomerID',
  description: 'Description',
  invoice: 'InvoiceNo',
  invoice_date: 'InvoiceDate',
  quantity: 'Quantity',
  stock_code: 'StockCode',
  unit_price: 'UnitPrice',
} as const;

/** The view that every query reads, and its file. */
export const LINES_VIEW = 'lines';
export const LINES_FILE = '00_lines.sql';

/** The tables made by default; the query of each stands in the SQL file of its name. */
export const DEFAULT_TABLES = [
  {
    name: 'product_popularity',
    columns: [
      { name: 'rank', type: 'int' },
      { name: 'stock_code', type: 'string' },
      { name: 'description', type: 'string' },
      { name: 'units_sold', type: 'bigint' },
      { name: 'units_cancelled', type: 'bigint' },
      { name: 'net_units', type: 'bigint' },
      { name: 'gross_revenue', type: 'decimal(18,3)' },
      { name: 'net_revenue', type: 'decimal(18,3)' },
      { name: 'orders', type: 'bigint' },
      { name: 'customers', type: 'bigint' },
    ],
    partitionBy: [],
  },
  {
    name: 'order_statistics_by_day',
    columns: [
      { name: 'day', type: 'date' },
      { name: 'month', type: 'string' },
      { name: 'orders', type: 'bigint' },
      { name: 'cancellations', type: 'bigint' },
      { name: 'lines', type: 'bigint' },
      { name: 'customers', type: 'bigint' },
      { name: 'net_units', type: 'bigint' },
      { name: 'gross_revenue', type: 'decimal(18,3)' },
      { name: 'net_revenue', type: 'decimal(18,3)' },
    ],
    partitionBy: ['month'],
  },
  {
    name: 'order_statistics_by_country',
    columns: [
      { name: 'country', type: 'string' },
      { name: 'orders', type: 'bigint' },
      { name: 'cancellations', type: 'bigint' },
      { name: 'lines', type: 'bigint' },
      { name: 'customers', type: 'bigint' },
      { name: 'net_units', type: 'bigint' },
      { name: 'gross_revenue', type: 'decimal(18,3)' },
      { name: 'net_revenue', type: 'decimal(18,3)' },
    ],
    partitionBy: [],
  },
] as const;
