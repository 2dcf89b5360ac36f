/**
 * A column of a result table.
 */
export interface AnalyticsColumn {
  /** Name: lower-case letters, digits and underscores, beginning with a letter. */
  readonly name: string;

  /**
   * Type, as Spark and Athena name it: `string`, `boolean`, `int`, `bigint`, `double`, `date`, `timestamp` or
   * `decimal(precision,scale)`. Money belongs in a decimal.
   */
  readonly type: string;
}

/**
 * One result table and the Spark SQL that fills it.
 *
 * The query reads the view `lines`, which has one row per invoice line: `invoice`, `stock_code`, `description`,
 * `customer_id`, `country` (string), `quantity` (int; negative when goods came back), `unit_price` (decimal(12,3)),
 * `revenue` (decimal(23,3), quantity times price), `invoiced_at` (timestamp, UTC), `day` (date), `month` (string such as
 * `2011-12`) and `cancelled` (boolean). Each run computes the table from the whole source and replaces it.
 */
export interface AnalyticsQuery {
  /** Name of the table: lower-case letters, digits and underscores, beginning with a letter. */
  readonly name: string;

  /** A single `SELECT` of Spark SQL. It becomes part of a file asset, so it cannot hold tokens. */
  readonly sql: string;

  /** The columns that the query gives, in this order; a run fails when it gives others. */
  readonly columns: AnalyticsColumn[];

  /**
   * Columns that become partitions, outermost first. They are listed among the columns too.
   *
   * @default - the table is not partitioned
   */
  readonly partitionBy?: string[];
}
