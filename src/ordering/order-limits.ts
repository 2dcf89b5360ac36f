import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Mistakes } from '../building-blocks/validation';
import { DEFAULT_LIMITS, MOST } from './contract';

/**
 * How much one customer may take at once. What goes beyond is refused when it is put into a cart and when the cart is
 * ordered, with a code of its own and the limit.
 */
export interface OrderLimits {
  /**
   * Most pieces of one SKU, 1 to 9999.
   *
   * @default 30
   */
  readonly unitsPerLine?: number;

  /**
   * Most pieces in all, 1 to 969903.
   *
   * @default 100
   */
  readonly units?: number;

  /**
   * Most different SKUs, 1 to 97: a DynamoDB transaction holds 100 items.
   *
   * @default 50
   */
  readonly lines?: number;

  /**
   * Most that an order may cost, in the minor units of the catalogue's currency: 100000 is 1,000.00 in US dollars.
   *
   * @default - no limit
   */
  readonly total?: number;
}

/** The limits with the defaults of those that were not given; mistakes are reported of the scope. */
export function withDefaults(scope: Construct, given: OrderLimits = {}): OrderLimits {
  const { unitsPerLine, units, lines } = DEFAULT_LIMITS;
  const mistakes = new Mistakes(scope);
  mistakes.unlessWhole('orderLimits.unitsPerLine', given.unitsPerLine, 1, MOST.UNITS_PER_LINE);
  mistakes.unlessWhole('orderLimits.units', given.units, 1, MOST.UNITS);
  mistakes.unlessWhole('orderLimits.lines', given.lines, 1, MOST.LINES);
  mistakes.unlessWhole('orderLimits.total', given.total, 1, Number.MAX_SAFE_INTEGER);
  return {
    unitsPerLine: given.unitsPerLine ?? unitsPerLine,
    units: given.units ?? units,
    lines: given.lines ?? lines,
    ...(given.total !== undefined && { total: given.total }),
  };
}

/** The limits as the functions are told them. */
export function limitsSetting(scope: Construct, { unitsPerLine, units, lines, total }: OrderLimits): string {
  return Stack.of(scope).toJsonString({ unitsPerLine, units, lines, total });
}
