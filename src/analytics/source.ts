import type { BucketLocation } from '../building-blocks/bucket-location';

/**
 * What the columns of the source files are called. The files may have further columns, in any order; all files of a
 * source have the same header.
 */
export interface AnalyticsSourceColumns {
  /**
   * Invoice number. One that begins with `C` is a cancellation.
   * @default 'InvoiceNo'
   */
  readonly invoice?: string;

  /**
   * Stock code.
   * @default 'StockCode'
   */
  readonly stockCode?: string;

  /**
   * Description of the product; may be empty.
   * @default 'Description'
   */
  readonly description?: string;

  /**
   * Units: a whole number, negative when goods came back.
   * @default 'Quantity'
   */
  readonly quantity?: string;

  /**
   * When it was invoiced: epoch seconds, or a date or time in ISO 8601 (UTC unless it says otherwise).
   * @default 'InvoiceDate'
   */
  readonly invoiceDate?: string;

  /**
   * Price of one unit: a number with at most three decimals, in the currency of the results.
   * @default 'UnitPrice'
   */
  readonly unitPrice?: string;

  /**
   * Customer; may be empty.
   * @default 'CustomerID'
   */
  readonly customerId?: string;

  /**
   * Country; empty counts as `Unspecified`.
   * @default 'Country'
   */
  readonly country?: string;
}

/**
 * Where the invoice lines come from: all files whose names end in `.csv` or `.csv.gz` under a prefix, in UTF-8, with a
 * header line, and with quotes inside quoted fields doubled.
 */
export interface AnalyticsSource extends BucketLocation {
  /**
   * What the columns are called.
   * @default - the names of the Online Retail data set
   */
  readonly columnNames?: AnalyticsSourceColumns;

  /**
   * How many lines may be unreadable before a run fails. Up to that many are left out and counted in the run's output.
   * @default 0
   */
  readonly maxRejectedLines?: number;
}
