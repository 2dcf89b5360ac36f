import { Duration, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import type { ServiceApi } from '../api';
import { BundledFunction } from '../building-blocks/bundled-function';
import { CountedMetrics } from '../building-blocks/counted-metrics';
import { checkedSettings } from '../building-blocks/function-settings-mistakes';
import { allowOnItems } from '../building-blocks/permissions';
import { Mistakes } from '../building-blocks/validation';
import { CATALOG_ENV } from '../catalog/contract';
import { EDGE, OUTBOX } from '../runtime/contract';
import {
  DEFAULT_ORDERS_PER_SOURCE,
  MOST_ORDERS_PER_SOURCE,
  ORDERING_ENV,
  ORDERING_ITEMS,
  ORDERING_METRICS,
} from './contract';
import { limitsSetting } from './order-limits';
import type { OrderingStore, OrderingStoreProps } from './ordering-store';
import { ROUTES } from './routes.generated';
import { storeFor } from './store-for';

/** Properties of an OrderProcessing. */
export interface OrderProcessingProps extends OrderingStoreProps {
  /**
   * API that the operations are put into.
   *
   * @default - the catalogue's API
   */
  readonly api?: ServiceApi;

  /**
   * Store to share with a ShoppingCart, whose carts become orders. It brings its own table, bus, key, policies,
   * limits and alarms; none of these may be given beside it.
   *
   * @default - a store of its own, of what is given here
   */
  readonly store?: OrderingStore;

  /**
   * Language of what is sent about an order whose customer named none: a tag such as `en` or `zh-Hant`.
   *
   * @default 'en'
   */
  readonly defaultLanguage?: string;

  /**
   * Most carts that are ordered from one source within an hour, up to 1000; 0 for no limit. A source is the IPv4 address
   * of the viewer, or the first 64 bits of an IPv6 address, and a whole office or town may be behind it. A proxy of your
   * own before the API is one source: turn the limit off there.
   *
   * @default 100
   */
  readonly ordersPerSource?: number;
}

/**
 * Checkout and orders: a cart becomes an order in one transaction that also takes the stock, so nothing is sold twice,
 * and the same request never orders twice.
 *
 * Each order is told on the bus as `order.placed`. The id of an order is the key to looking at it.
 */
@propertyInjectable
export class OrderProcessing extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.OrderProcessing';

  /** API that the operations are in. */
  readonly api: ServiceApi;

  /** Where carts, orders and stock are kept. */
  readonly store: OrderingStore;

  /** Turns carts into orders. */
  readonly checkoutFunction: lambda.Function;

  /** Shows orders. */
  readonly orderQueryFunction: lambda.Function;

  private readonly counted: CountedMetrics;

  constructor(scope: Construct, id: string, props: OrderProcessingProps) {
    super(scope, id);
    checkedSettings(this, props.functions);
    this.counted = new CountedMetrics(this, ORDERING_METRICS.DIMENSION);
    const { catalog, defaultLanguage = 'en', ordersPerSource = DEFAULT_ORDERS_PER_SOURCE, functions } = props;
    const mistakes = new Mistakes(this);
    mistakes.unlessMatching(
      defaultLanguage,
      /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/,
      `defaultLanguage is "${defaultLanguage}"; it must be a language tag such as en or zh-Hant.`,
    );
    mistakes.unlessWhole('ordersPerSource', ordersPerSource, 0, MOST_ORDERS_PER_SOURCE);
    this.store = storeFor(this, props, mistakes);
    this.api = props.api ?? catalog.api;

    const { table } = this.store;
    const { CART_PREFIX, ORDER_PREFIX, STOCK_PREFIX, CALLER_PREFIX } = ORDERING_ITEMS;
    this.checkoutFunction = new BundledFunction(this, 'Checkout', {
      bundle: 'checkout',
      description: 'Turns carts into orders',
      environment: {
        ...this.counted.environment,
        [ORDERING_ENV.TABLE]: table.tableName,
        [ORDERING_ENV.LANGUAGE]: defaultLanguage,
        [ORDERING_ENV.ORDERS_PER_SOURCE]: Tokenization.stringifyNumber(ordersPerSource),
        [EDGE.ENV]: this.api._edgeProof,
        [ORDERING_ENV.LIMITS]: limitsSetting(this, this.store.orderLimits),
        [CATALOG_ENV.TABLE]: catalog.table.tableName,
        [CATALOG_ENV.CURRENCY]: catalog.currency,
      },
      timeout: Duration.seconds(20),
      settings: functions,
    });
    allowOnItems(this.checkoutFunction, table, [CART_PREFIX, ORDER_PREFIX], 'GetItem');
    allowOnItems(this.checkoutFunction, table, [CART_PREFIX, ORDER_PREFIX, OUTBOX.PREFIX], 'PutItem');
    allowOnItems(this.checkoutFunction, table, [STOCK_PREFIX], 'BatchGetItem', 'UpdateItem');
    if (ordersPerSource !== 0) allowOnItems(this.checkoutFunction, table, [CALLER_PREFIX], 'UpdateItem');
    catalog.grantReadProducts(this.checkoutFunction);
    this.api.addRoutes([...ROUTES.checkout], this.checkoutFunction);

    this.orderQueryFunction = new BundledFunction(this, 'OrderQuery', {
      bundle: 'order-query',
      description: 'Shows orders',
      environment: { [ORDERING_ENV.TABLE]: table.tableName },
      timeout: Duration.seconds(10),
      settings: functions,
    });
    allowOnItems(this.orderQueryFunction, table, [ORDER_PREFIX], 'GetItem');
    this.api.addRoutes([...ROUTES['order-query']], this.orderQueryFunction);
  }

  /** Orders placed. */
  metricOrdersPlaced(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(ORDERING_METRICS.ORDERS_PLACED, options);
  }

  /**
   * Pieces ordered: their stock is taken. Its maximum is the largest order of the time, its sum tells how fast stock goes.
   */
  metricUnitsOrdered(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(ORDERING_METRICS.UNITS_ORDERED, options);
  }

  /**
   * Checkouts that were refused because too many orders came from one source. Many of them are an attack, or a limit that
   * is too narrow for those who share an address.
   */
  metricOrdersHeldBack(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(ORDERING_METRICS.ORDERS_HELD_BACK, options);
  }

  /**
   * An alarm for when so many pieces are ordered within five minutes: somebody may be emptying the stock. It does nothing
   * by itself; give it an action.
   */
  alarmOnUnitsOrdered(units: number): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, 'UnitsOrderedAlarm', {
      alarmDescription: `${units} pieces or more were ordered within five minutes. Look whether people order them: their stock is taken.`,
      metric: this.metricUnitsOrdered({ period: Duration.minutes(5) }),
      threshold: units,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Nothing is counted where nothing is ordered.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    new Mistakes(alarm).unlessWhole('units', units, 1, Number.MAX_SAFE_INTEGER);
    return alarm;
  }

  /** Checkouts that were refused: too little stock, another price, a closed cart and the like. */
  metricCheckoutsRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(ORDERING_METRICS.CHECKOUT_REJECTED, options);
  }
}
