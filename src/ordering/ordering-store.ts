import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import type { AlarmSettings } from '../building-blocks/alarm-settings';
import { BundledFunction } from '../building-blocks/bundled-function';
import { ContextTable } from '../building-blocks/context-table';
import { EVENT_SOURCE_PREFIX } from '../building-blocks/contract';
import { eventResource } from '../building-blocks/event-resource';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { checkedSettings } from '../building-blocks/function-settings-mistakes';
import { Outbox } from '../building-blocks/outbox';
import { allowOnItems } from '../building-blocks/permissions';
import { QueueWorker } from '../building-blocks/queue-worker';
import type { ProductCatalog } from '../catalog';
import { CATALOG_CONTEXT, CATALOG_ENV } from '../catalog/contract';
import { CATALOG_PUBLISHED } from '../catalog/events.generated';
import { ORDERING_CONTEXT, ORDERING_ENV, ORDERING_ITEMS } from './contract';
import { type OrderLimits, withDefaults } from './order-limits';

/** Properties of an OrderingStore. */
export interface OrderingStoreProps {
  /** Where products, their prices and their opening stock come from. */
  readonly catalog: ProductCatalog;

  /**
   * Table for carts, orders and stock. It needs string keys `pk` and `sk`; indexes `GSI1` and `GSI2`, which include the
   * attribute `listed`, and `GSI3`, with string keys `gsi1pk`, `gsi1sk` and so on; time to live on `ttl`; and a stream
   * of new images. It must hold nothing else.
   *
   * @default - a table of the store's own
   */
  readonly table?: dynamodb.ITableV2;

  /**
   * Bus that orders are told on.
   *
   * @default - the catalogue's bus
   */
  readonly bus?: events.IEventBus;

  /**
   * What the events carry in `resources`, which tells them from those of others on the same bus: up to 200 printable
   * ASCII characters without spaces. A name of one's own survives a move to another stack, too.
   *
   * @default - made of the deployed stack and the place of the store in it
   */
  readonly eventResource?: string;

  /**
   * Key that encrypts what the store makes.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the table and the bucket when the store is taken out of its stack. To delete them, also set the
   * context `cdk-serverless-shop:allow-data-removal` to true, and empty the bucket first.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the table can be deleted only after the protection was taken away, by whoever may delete tables. Off, where
   * the removal policy is to delete it.
   *
   * @default - true, with the removal policy RETAIN
   */
  readonly deletionProtection?: boolean;

  /**
   * How much one customer may take at once. A customer pays nothing beforehand, and an order cannot be cancelled yet:
   * without limits one guest could take the whole stock.
   *
   * @default - see OrderLimits
   */
  readonly orderLimits?: OrderLimits;

  /**
   * Alarms on what failed for good.
   *
   * @default - none
   */
  readonly alarms?: AlarmSettings;

  /**
   * How the functions are run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

/**
 * Carts, orders and stock in one table, which one transaction can change together, and the events about them.
 *
 * A SKU gets its stock from the catalogue when it is first published; later publications leave it as it is.
 */
@propertyInjectable
export class OrderingStore extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.OrderingStore';

  /** The catalogue that stock is opened from. */
  readonly catalog: ProductCatalog;

  /** Carts, orders and stock. */
  readonly table: dynamodb.ITableV2;

  /** Bus that orders are told on: source `cdk-serverless-shop.ordering`, type `order.placed`. */
  readonly bus: events.IEventBus;

  /** What its events carry in `resources`: tells them from those of others on the bus. */
  readonly eventResource: string;

  /** Gives new SKUs their stock. */
  readonly stockFunction: lambda.Function;

  /** Publications of the catalogue that wait for the stock opener, and those that failed for good. */
  readonly stockWorker: QueueWorker;

  /** Records of the table's stream whose events could not be published; kept 90 days. */
  readonly eventFailureBucket: s3.Bucket;

  /** How much one customer may take at once. */
  readonly orderLimits: OrderLimits;

  private readonly outbox: Outbox;

  constructor(scope: Construct, id: string, props: OrderingStoreProps) {
    super(scope, id);
    checkedSettings(this, props.functions);
    const { catalog, encryptionKey, functions } = props;
    this.catalog = catalog;
    this.orderLimits = withDefaults(this, props.orderLimits);
    this.bus = props.bus ?? catalog.bus;
    this.eventResource = eventResource(this, props.eventResource);
    this.table = new ContextTable(this, 'Data', props).table;
    this.outbox = new Outbox(this, 'Outbox', {
      ...props,
      table: this.table,
      bus: this.bus,
      eventResource: this.eventResource,
      context: ORDERING_CONTEXT,
    });
    this.eventFailureBucket = this.outbox.failures;

    this.stockFunction = new BundledFunction(this, 'StockOpener', {
      bundle: 'stock-opener',
      description: 'Gives new products their opening stock',
      environment: {
        [ORDERING_ENV.TABLE]: this.table.tableName,
        [CATALOG_ENV.BUCKET]: catalog.bucket.bucketName,
      },
      timeout: Duration.minutes(2),
      memorySize: 512,
      settings: functions,
    });
    allowOnItems(this.stockFunction, this.table, [ORDERING_ITEMS.STOCK_PREFIX], 'BatchGetItem', 'PutItem');
    catalog.grantReadPublished(this.stockFunction);
    this.stockWorker = new QueueWorker(this, 'Stock', {
      handler: this.stockFunction,
      batchSize: 1,
      // Each publication is told once, and without it its new products cannot be bought: it outlasts an outage of hours.
      maxReceiveCount: 100,
      description: 'Publications of the catalogue whose new products get their stock',
      encryptionKey,
      alarms: props.alarms,
    });
    this.stockWorker.listenTo('CatalogPublished', {
      description: 'Opens the stock of newly published products',
      eventBus: catalog.bus,
      eventPattern: {
        source: [`${EVENT_SOURCE_PREFIX}.${CATALOG_CONTEXT}`],
        detailType: [CATALOG_PUBLISHED.type],
        resources: [catalog.eventResource],
      },
    });
  }

  /** Age of changes when their events were read from the table's stream, in milliseconds; they are lost after 24 hours. */
  metricEventIteratorAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.outbox.metricIteratorAge(options);
  }

  /** Age of the oldest publication that waits for its stock to be opened, in seconds. */
  metricStockAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stockWorker.metricAge(options);
  }

  /** Publications whose stock could not be opened: their new products cannot be bought. */
  metricStockDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stockWorker.metricDeadLetters(options);
  }

  /** Searches for unpublished events that failed and wait in their dead-letter queue. */
  metricFailedSweeps(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.outbox.metricFailedSweeps(options);
  }
}
