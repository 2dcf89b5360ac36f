import { Duration, type RemovalPolicy, Token, Tokenization } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import type { AlarmSettings } from '../building-blocks/alarm-settings';
import { BundledFunction } from '../building-blocks/bundled-function';
import { ContextTable } from '../building-blocks/context-table';
import { EVENT_SOURCE_PREFIX } from '../building-blocks/contract';
import { CountedMetrics } from '../building-blocks/counted-metrics';
import { eventBus } from '../building-blocks/event-bus';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { allowOnTable } from '../building-blocks/permissions';
import { QueueWorker } from '../building-blocks/queue-worker';
import { Mistakes } from '../building-blocks/validation';
import type { OrderingStore } from '../ordering';
import { ORDERING_CONTEXT } from '../ordering/contract';
import { ORDER_PLACED } from '../ordering/events.generated';
import {
  DEFAULT_MAILS_PER_RECIPIENT,
  MAIL_LANGUAGES,
  MOST_MAILS_PER_RECIPIENT,
  NOTIFICATIONS_ENV,
  NOTIFICATIONS_METRICS,
} from './contract';
import type { MailTransport } from './mail-transport';

/** Properties of Notifications. */
export interface NotificationsProps {
  /** How mail is sent. */
  readonly mail: MailTransport;

  /**
   * Bus that carries `order.placed`.
   *
   * @default - the store's bus, or one of their own
   */
  readonly bus?: events.IEventBus;

  /**
   * Store whose orders are told of.
   *
   * @default - every order on the bus
   */
  readonly store?: OrderingStore;

  /**
   * Name of the shop in mails.
   *
   * @default 'Shop'
   */
  readonly shopName?: string;

  /**
   * Origin of the shop's pages, such as `https://shop.example.com`; mails link to `<shopUrl>/orders/<id>`.
   *
   * @default - mails have no links
   */
  readonly shopUrl?: string;

  /**
   * Language of mails about orders in a language that mails are not written in: `en` or `zh`.
   *
   * @default 'en'
   */
  readonly defaultLanguage?: string;

  /**
   * Most mails that are sent at one moment, 2 to 1000. What the mail service allows is kept anyway: a mail waits while
   * the service is busy.
   *
   * @default 5
   */
  readonly maxConcurrency?: number;

  /**
   * Most mails that one mailbox gets within a day, up to 1000; 0 for no limit. Orders beyond it are taken, and not told
   * of: anybody may order with anybody's address.
   *
   * @default 10
   */
  readonly mailsPerRecipient?: number;

  /**
   * Table that remembers which mails were sent. It needs string keys `pk` and `sk`, and a time to live attribute `ttl`.
   *
   * @default - a table of their own
   */
  readonly table?: dynamodb.ITableV2;

  /**
   * Key that encrypts the table and the queues. Amazon EventBridge is allowed to use it; the policy of an imported key
   * must do so already.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the table when the notifications are taken out of their stack. To delete it, also set the context
   * `cdk-serverless-shop:allow-data-removal` to true.
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
   * How the function is run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

/**
 * Mail on what happens in the shop: each placed order is confirmed to its customer, in English or Chinese.
 *
 * An order is told of once, however often its event comes; only a crash between sending and recording, or a lost
 * answer, can repeat a mail. A mail service that asks to slow down is waited for. A mail that fails is tried again after
 * 2 seconds, and then after longer and longer, up to 15 minutes, for about a day and a half. After that, or as soon as
 * the service refuses it for good, its event is in the dead-letter queue for 14 days.
 */
@propertyInjectable
export class Notifications extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.Notifications';

  /** The bus that is listened to. */
  readonly bus: events.IEventBus;

  /** Remembers which mails were sent, for 90 days, and for a day to how many a mailbox; holds no addresses. */
  readonly table: dynamodb.ITableV2;

  /** Writes and sends the mails. */
  readonly mailFunction: lambda.Function;

  /** Events that wait for their mails, and those whose mails failed for good. */
  readonly mailWorker: QueueWorker;

  private readonly counted: CountedMetrics;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const { shopName = 'Shop', shopUrl = '', defaultLanguage = 'en', encryptionKey, functions } = props;
    const { mailsPerRecipient = DEFAULT_MAILS_PER_RECIPIENT } = props;
    this.counted = new CountedMetrics(this, NOTIFICATIONS_METRICS.DIMENSION);
    const mistakes = new Mistakes(this);
    mistakes.unlessWhole('mailsPerRecipient', mailsPerRecipient, 0, MOST_MAILS_PER_RECIPIENT);
    mistakes.unlessMatching(shopName, /^[^\p{Cc}]{1,100}$/u, 'shopName must be one line of 1 to 100 characters.');
    mistakes.unlessMatching(
      shopUrl,
      /^(https?:\/\/[^\s/?#]+)?$/,
      `shopUrl is ${shopUrl}; it must be an origin without a slash at the end, such as https://shop.example.com.`,
    );
    mistakes.when(
      !Token.isUnresolved(defaultLanguage) && !MAIL_LANGUAGES.some((language) => language === defaultLanguage),
      `defaultLanguage is ${defaultLanguage}; mails are written in ${MAIL_LANGUAGES.join(' and ')}.`,
    );

    this.bus = props.bus ?? props.store?.bus ?? eventBus(this, encryptionKey);
    this.table = new ContextTable(this, 'Mails', props).table;
    this.mailFunction = new BundledFunction(this, 'MailWorker', {
      bundle: props.mail._bundle,
      description: 'Writes and sends order mails',
      environment: {
        [NOTIFICATIONS_ENV.TABLE]: this.table.tableName,
        [NOTIFICATIONS_ENV.SHOP_NAME]: shopName,
        [NOTIFICATIONS_ENV.SHOP_URL]: shopUrl,
        [NOTIFICATIONS_ENV.DEFAULT_LANGUAGE]: defaultLanguage,
        [NOTIFICATIONS_ENV.MAILS_PER_RECIPIENT]: Tokenization.stringifyNumber(mailsPerRecipient),
        ...this.counted.environment,
      },
      // Shorter than the lease of a claimed mail (MAIL_LEASE).
      timeout: Duration.seconds(45),
      settings: functions,
    });
    allowOnTable(this.mailFunction, this.table, 'PutItem', 'DeleteItem');
    if (mailsPerRecipient !== 0) allowOnTable(this.mailFunction, this.table, 'UpdateItem');
    props.mail._bind(this.mailFunction);

    // One mail at a time: a slow server must not make its neighbours' leases run out.
    this.mailWorker = new QueueWorker(this, 'MailQueue', {
      handler: this.mailFunction,
      batchSize: 1,
      maxConcurrency: props.maxConcurrency ?? 5,
      // What ends the tries is time: a service that is down or slow for hours must cost no mail.
      maxReceiveCount: 200,
      description: 'Events to tell of by mail',
      encryptionKey,
      alarms: props.alarms,
    });
    this.mailWorker.listenTo('OrderPlaced', {
      description: 'Orders to confirm by mail',
      eventBus: this.bus,
      eventPattern: {
        source: [`${EVENT_SOURCE_PREFIX}.${ORDERING_CONTEXT}`],
        detailType: [ORDER_PLACED.type],
        resources: props.store ? [props.store.eventResource] : undefined,
      },
    });
  }

  /** Mails that were sent. */
  metricMailsSent(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(NOTIFICATIONS_METRICS.SENT, options);
  }

  /** Mails that were not sent because their mailbox had got as many within a day as it may. */
  metricMailsWithheld(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(NOTIFICATIONS_METRICS.WITHHELD, options);
  }

  /** Age of the oldest event that waits for its mail, in seconds. */
  metricMailAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mailWorker.metricAge(options);
  }

  /** Mails that failed for good. */
  metricMailDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mailWorker.metricDeadLetters(options);
  }
}
