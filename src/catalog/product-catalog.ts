import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { ServiceApi } from '../api';
import type { AlarmSettings } from '../building-blocks/alarm-settings';
import { sendEventsToEventBridge } from '../building-blocks/bucket-events';
import { BundledFunction } from '../building-blocks/bundled-function';
import { ContextTable } from '../building-blocks/context-table';
import { eventBus } from '../building-blocks/event-bus';
import { eventResource } from '../building-blocks/event-resource';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { checkedSettings } from '../building-blocks/function-settings-mistakes';
import { Outbox } from '../building-blocks/outbox';
import { allow, allowKey, allowOnItems, allowOnTable } from '../building-blocks/permissions';
import { privateBucket } from '../building-blocks/private-bucket';
import { QueueWorker } from '../building-blocks/queue-worker';
import { CURRENCY, Mistakes } from '../building-blocks/validation';
import { CATALOG_CONTEXT, CATALOG_ENV, CATALOG_INDEXES, CATALOG_ITEMS, CATALOG_KEYS } from './contract';
import { ROUTES } from './routes.generated';

type ObjectAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject';

/** Properties of a ProductCatalog. */
export interface ProductCatalogProps {
  /**
   * Currency of all prices, ISO 4217.
   *
   * @default 'USD'
   */
  readonly currency?: string;

  /**
   * API that the catalogue's operations are put into.
   *
   * @default - an API of the catalogue's own
   */
  readonly api?: ServiceApi;

  /**
   * Bus that `catalog.published` is sent to.
   *
   * @default - a bus of the catalogue's own
   */
  readonly bus?: events.IEventBus;

  /**
   * What the events carry in `resources`, which tells them from those of others on the same bus: up to 200 printable
   * ASCII characters without spaces. A name of one's own survives a move to another stack, too.
   *
   * @default - made of the deployed stack and the place of the catalogue in it
   */
  readonly eventResource?: string;

  /**
   * Table for the products. It needs string keys `pk` and `sk`, indexes GSI1 to GSI3 with keys `gsi1pk`, `gsi1sk` and
   * so on, a time to live attribute `ttl`, and a stream of new images.
   *
   * @default - a table of the catalogue's own
   */
  readonly table?: dynamodb.ITableV2;

  /**
   * Bucket for import files and published versions. One that this app does not make must send its events to Amazon
   * EventBridge.
   *
   * @default - a private, versioned bucket of the catalogue's own
   */
  readonly bucket?: s3.IBucket;

  /**
   * Key that encrypts what the catalogue makes.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the table and the buckets when the catalogue is taken out of its stack. To delete them, also set the
   * context `cdk-serverless-shop:allow-data-removal` to true, and empty the buckets first.
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
 * Products and categories, imported from files and served from memory: list, search, sort, and single products.
 *
 * **Import.** Put a file under `imports/` in the bucket: `.csv` (UTF-8, commas, the first line names the columns) or
 * `.yaml`/`.yml` (a list of maps). Columns:
 *
 * | column | value |
 * | --- | --- |
 * | `id` | required; 1 to 64 letters, digits, dots, hyphens, underscores |
 * | `name` | required; up to 200 characters |
 * | `category` | required; up to 64 characters |
 * | `price` | required; a decimal such as `129.99`, in the catalogue's currency |
 * | `description` | up to 10,000 characters |
 * | `style` | up to 64 characters |
 * | `image` | key of the photo below the image pipeline's source prefix |
 * | `current_stock` or `stock` | opening stock of a new SKU, a whole number; ignored once the SKU is known |
 * | `active` | `false` takes the product, or the variant, off sale; `true` by default |
 * | `sku` | what is ordered, of the form of an id; the `id` by default |
 * | `options` | what tells a variant from the others, up to five: in CSV `Size=M; Colour=Red`, in YAML a map |
 * | `variants` | in YAML a list of maps with `sku`, `options` and, where they differ, `price`, `image`, `stock`, `active` |
 * | `name_zh`, `description_zh`, `category_zh`, `options_zh`, … | texts in other languages, by language tag; in YAML also `translations: {zh: {name: …}}` |
 *
 * In CSV, rows with the same `id` and each its own `sku` are the variants of one product; those after the first may leave
 * out what the product is. A SKU belongs to one product: a file that gives it to two is wrong in both, and one that
 * gives it to another product than before takes it from that one.
 *
 * Products of the file are added or replaced; all others stay. A product at fault is rejected with its line and reason,
 * the rest is imported. `import-results/<name>.json` tells `status` (`imported`, `partly_imported`, `failed`; `running`
 * while it is tried again), `imported`, `rejectedCount`, `rejected` (the first 1,000, `{line, id?, reason}`),
 * `ignoredColumns`, `error?` (`{line?, reason, givenUp?}`), `version` and `at`. A file may have 20,000 products and
 * variants and 32 MiB, a product 256 KiB, 100 variants and 20 languages.
 *
 * **Order.** Files are imported one after the other, in the order in which their events arrive, which is mostly that in
 * which they were put; those that wait are published together. A file that is replaced counts as it was put last. One that
 * fails holds up those after it; after a few attempts it is given up, its result says so, and its message goes to the
 * dead-letter queue. A table or bucket that throttles only makes it wait.
 *
 * **Reading.** Each import publishes a version; functions answer from it, at most two seconds behind, and go on with the
 * version that they have while S3 fails. A version may have 64 MiB of products, some 60,000 in two languages; a file that
 * would make it larger is refused, and what is on sale stays. Words match by prefix, in the singular, and with small
 * typos; Chinese and Japanese by pairs of characters. Versions are deleted a day after they were replaced.
 *
 * **Restore.** Put an object `imports/republish`, whatever is in it: the catalogue is published anew from its table,
 * and the opening stock of all SKUs is told again. Its result is `import-results/republish.json`.
 *
 * **Event.** `catalog.published` with `{version, stock}`, at least once for each version.
 */
@propertyInjectable
export class ProductCatalog extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.ProductCatalog';

  /** Currency of all prices, ISO 4217. */
  readonly currency: string;

  /** The API that the operations were put into. */
  readonly api: ServiceApi;

  /** Carries `catalog.published`. */
  readonly bus: events.IEventBus;

  /** What its events carry in `resources`: tells them from those of others on the bus. */
  readonly eventResource: string;

  /** Holds the products. */
  readonly table: dynamodb.ITableV2;

  /** Holds import files, their results, and published versions. */
  readonly bucket: s3.IBucket;

  /** Answers the operations. */
  readonly queryFunction: lambda.Function;

  /** Imports files. */
  readonly importFunction: lambda.Function;

  /** Files that wait for their import, and those that failed for good, as S3 events. */
  readonly importWorker: QueueWorker;

  /** Records of the table's stream whose events could not be published; kept 90 days. */
  readonly eventFailureBucket: s3.Bucket;

  private readonly outbox: Outbox;

  constructor(scope: Construct, id: string, props: ProductCatalogProps = {}) {
    super(scope, id);
    checkedSettings(this, props.functions);
    const { currency = 'USD', encryptionKey, removalPolicy, alarms, functions } = props;
    new Mistakes(this).unlessMatching(
      currency,
      CURRENCY,
      `currency is ${currency}; it must be an ISO 4217 code such as USD.`,
    );

    this.currency = currency;
    this.api = props.api ?? new ServiceApi(this, 'Api', { logEncryptionKey: encryptionKey, functions });
    this.bus = props.bus ?? eventBus(this, encryptionKey);
    this.eventResource = eventResource(this, props.eventResource);
    this.table = new ContextTable(this, 'Products', props).table;
    this.bucket = props.bucket ?? this.files(props);
    if (props.bucket) sendEventsToEventBridge(this, props.bucket);

    this.queryFunction = new BundledFunction(this, 'Query', {
      bundle: 'catalog-query',
      description: 'Lists, searches and shows products',
      environment: { [CATALOG_ENV.BUCKET]: this.bucket.bucketName },
      memorySize: 1024,
      settings: functions,
    });
    this.grantReadPublished(this.queryFunction);
    this.api.addRoutes([...ROUTES['catalog-query']], this.queryFunction);

    this.importFunction = this.importer(currency, functions);
    this.importWorker = new QueueWorker(this, 'Imports', {
      handler: this.importFunction,
      fifo: true,
      batchSize: 10,
      // The importer gives a file up long before, unless a service is busy for half a day. Those behind one that fails
      // come again with it, and must outlast it.
      maxReceiveCount: 1000,
      // No second call begins while one runs; and one that was cut off holds up the next for ten minutes, not thirty.
      visibilityTimeout: Duration.minutes(10),
      description: 'Product files to import',
      encryptionKey,
      alarms,
    });
    this.importWorker.listenTo('FileArrived', {
      description: 'Files to import',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [this.bucket.bucketName] },
          object: { key: events.Match.prefix(CATALOG_KEYS.IMPORTS) },
        },
      },
    });

    this.outbox = new Outbox(this, 'Outbox', {
      table: this.table,
      bus: this.bus,
      eventResource: this.eventResource,
      context: CATALOG_CONTEXT,
      encryptionKey,
      removalPolicy,
      alarms,
      functions,
    });
    this.eventFailureBucket = this.outbox.failures;
  }

  /** Allows reading what is sold from the table, by SKU. */
  grantReadProducts(grantee: iam.IGrantable): iam.Grant {
    return allowOnItems(grantee, this.table, [CATALOG_ITEMS.SKU_PREFIX], 'GetItem', 'BatchGetItem');
  }

  /** Allows reading the published versions and the pointer to the current one. */
  grantReadPublished(grantee: iam.IGrantable): iam.Grant {
    // Without the right to list, S3 answers 403 instead of 404 for a pointer that is not there yet.
    return this.allowOnObjects(grantee, [CATALOG_KEYS.PUBLISHED], 's3:GetObject').combine(
      allow(grantee, ['s3:ListBucket'], this.bucket.bucketArn),
    );
  }

  /** Allows putting files to import, and reading their results. */
  grantImport(grantee: iam.IGrantable): iam.Grant {
    return this.allowOnObjects(grantee, [CATALOG_KEYS.IMPORTS], 's3:PutObject')
      .combine(this.allowOnObjects(grantee, [CATALOG_KEYS.IMPORT_RESULTS], 's3:GetObject'))
      .combine(allow(grantee, ['s3:ListBucket'], this.bucket.bucketArn));
  }

  /** Age of the oldest file that waits for its import, in seconds. */
  metricImportAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.importWorker.metricAge(options);
  }

  /** Files whose import failed for good. Files with faulty rows are not among them: their result tells. */
  metricImportDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.importWorker.metricDeadLetters(options);
  }

  /** Events of files that EventBridge could not send to the importer's queue. */
  metricUndeliveredImports(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.importWorker.metricUndelivered(options);
  }

  /** Age of changes when their events were read from the table's stream, in milliseconds; they are lost after 24 hours. */
  metricEventIteratorAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.outbox.metricIteratorAge(options);
  }

  /** Searches for unpublished events that failed and wait in their dead-letter queue. */
  metricFailedSweeps(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.outbox.metricFailedSweeps(options);
  }

  private files({ encryptionKey, removalPolicy }: ProductCatalogProps): s3.Bucket {
    return privateBucket(this, 'Files', {
      encryptionKey,
      removalPolicy,
      events: true,
      // Versions of the catalogue that the importer has deleted are worth nothing, and soon are many.
      lifecycleRules: [
        {
          prefix: CATALOG_KEYS.PUBLISHED,
          noncurrentVersionExpiration: Duration.days(1),
          expiredObjectDeleteMarker: true,
        },
      ],
    });
  }

  private importer(currency: string, settings?: FunctionSettings): lambda.Function {
    const importer = new BundledFunction(this, 'Import', {
      bundle: 'catalog-import',
      description: 'Imports product files and publishes the catalogue',
      environment: {
        [CATALOG_ENV.TABLE]: this.table.tableName,
        [CATALOG_ENV.BUCKET]: this.bucket.bucketName,
        [CATALOG_ENV.CURRENCY]: currency,
      },
      timeout: Duration.minutes(5),
      // The memory at which a function gets one whole processor.
      memorySize: 1769,
      settings,
    });
    allowOnTable(importer, this.table, 'BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query');
    allow(importer, ['dynamodb:Query'], `${this.table.tableArn}/index/${CATALOG_INDEXES.BY_CHANGE}`);
    const { IMPORTS, IMPORT_RESULTS, PUBLISHED } = CATALOG_KEYS;
    this.allowOnObjects(importer, [IMPORTS, IMPORT_RESULTS, PUBLISHED], 's3:GetObject');
    this.allowOnObjects(importer, [IMPORT_RESULTS, PUBLISHED], 's3:PutObject');
    this.allowOnObjects(importer, [PUBLISHED], 's3:DeleteObject');
    allow(importer, ['s3:ListBucket'], this.bucket.bucketArn);
    return importer;
  }

  private allowOnObjects(grantee: iam.IGrantable, prefixes: string[], action: ObjectAction) {
    if (action === 's3:GetObject') this.bucket.encryptionKey?.grantDecrypt(grantee);
    if (action === 's3:PutObject') allowKey(grantee, this.bucket.encryptionKey);
    return allow(grantee, [action], ...prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)));
  }
}
