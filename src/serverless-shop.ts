import { Annotations, CfnOutput, type RemovalPolicy } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { ServiceApi } from './api';
import type { AlarmSettings, FunctionSettings, SiteProps } from './building-blocks';
import { eventBus } from './building-blocks/event-bus';
import { eventResource } from './building-blocks/event-resource';
import { checkedSettings } from './building-blocks/function-settings-mistakes';
import { ProductCatalog } from './catalog';
import type { ImagePipeline } from './images';
import { type MailTransport, Notifications } from './notifications';
import { OrderingStore, type OrderLimits, OrderProcessing, ShoppingCart } from './ordering';
import { type ShopContact, Storefront } from './storefront';

/** Properties of a ServerlessShop. */
export interface ServerlessShopProps extends SiteProps {
  /**
   * Name of the shop, 1 to 100 characters.
   *
   * @default 'Shop'
   */
  readonly shopName?: string;

  /**
   * What the shop is, in a sentence or two, for search engines and previews of links: 1 to 300 characters.
   *
   * @default - the name of the shop
   */
  readonly shopDescription?: string;

  /**
   * Languages the pages and mails are written in: `en`, `zh`.
   *
   * @default ['en', 'zh']
   */
  readonly languages?: string[];

  /**
   * Language for visitors whose browser asks for none of the languages.
   *
   * @default - the first of the languages
   */
  readonly defaultLanguage?: string;

  /**
   * Currency of all prices, ISO 4217.
   *
   * @default 'USD'
   */
  readonly currency?: string;

  /**
   * How customers reach the shop's people.
   *
   * @default - not shown
   */
  readonly contact?: ShopContact;

  /**
   * How much one customer may take at once.
   *
   * @default - see OrderLimits
   */
  readonly orderLimits?: OrderLimits;

  /**
   * Most carts that are ordered from one source within an hour, up to 1000; 0 for no limit. See OrderProcessing.
   *
   * @default 100
   */
  readonly ordersPerSource?: number;

  /**
   * How mail is sent.
   *
   * @default - no mail is sent, and synth warns of it
   */
  readonly mail?: MailTransport;

  /**
   * Most mails that one mailbox gets within a day, up to 1000; 0 for no limit. See Notifications.
   *
   * @default 10
   */
  readonly mailsPerRecipient?: number;

  /**
   * Where customers find the shop, for links in mails: an origin such as `https://shop.example.com`.
   *
   * @default - the first of the domain names, or the distribution's own name
   */
  readonly shopUrl?: string;

  /**
   * Pipeline that makes the variants of product photos. A product's image name is the photo's key below the
   * pipeline's source prefix.
   *
   * @default - products are shown without photos
   */
  readonly images?: ImagePipeline;

  /**
   * API that the shop's operations are put into.
   *
   * @default - an API of the shop's own
   */
  readonly api?: ServiceApi;

  /**
   * Bus that the shop's events are published to.
   *
   * @default - a bus of the shop's own
   */
  readonly bus?: events.IEventBus;

  /**
   * What the events carry in `resources`, which tells them from those of others on the same bus: up to 200 printable
   * ASCII characters without spaces. A name of one's own survives a move to another stack, too.
   *
   * @default - made of the deployed stack and the place of the shop in it
   */
  readonly eventResource?: string;

  /**
   * Key that encrypts tables, buckets, queues, the bus and the API's access log; not the bucket of the pages, which
   * holds what everybody may read. Logs of functions have `functions.logEncryptionKey`.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to tables and buckets when the shop is taken out of its stack; the bucket of the pages holds copies, and
   * goes with it. To delete the others, also set the context `cdk-serverless-shop:allow-data-removal` to true, and empty
   * the buckets first.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether each table can be deleted only after the protection was taken away, by whoever may delete tables. Off, where
   * the removal policy is to delete them.
   *
   * @default - true, with the removal policy RETAIN
   */
  readonly deletionProtection?: boolean;

  /**
   * Alarms on what failed for good: one for each dead-letter queue, which all cost a little while nothing happens.
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

/** What happens in a shop and others may want to know. */
export enum ShopEvent {
  /** A new version of the catalogue can be bought from. */
  CATALOG_PUBLISHED = 'catalog.published',
  /** A customer has placed an order. */
  ORDER_PLACED = 'order.placed',
}

/**
 * A whole shop: catalogue, cart, orders, order mail and the storefront's pages, wired together.
 */
@propertyInjectable
export class ServerlessShop extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.ServerlessShop';

  /** Every operation of the shop, under `/v1`. */
  readonly api: ServiceApi;

  /** Carries the shop's events. */
  readonly bus: events.IEventBus;

  /** What the shop's events carry in `resources`: tells them from those of others on the bus. */
  readonly eventResource: string;

  /** Products and categories; import them by putting a file into its bucket. */
  readonly catalog: ProductCatalog;

  /** Carts of guests. */
  readonly cart: ShoppingCart;

  /** Checkout, stock and orders. */
  readonly orders: OrderProcessing;

  /** The shop's pages. */
  readonly storefront: Storefront;

  /** Order mail; undefined when no mail transport was given. */
  readonly notifications?: Notifications;

  private listeners = 0;

  constructor(scope: Construct, id: string, props: ServerlessShopProps = {}) {
    super(scope, id);
    checkedSettings(this, props.functions);
    const { shopName = 'Shop', currency, defaultLanguage = props.languages?.[0] } = props;
    const { functions, encryptionKey, removalPolicy, deletionProtection, alarms } = props;
    const common = { functions, encryptionKey, removalPolicy, deletionProtection, alarms };

    this.api =
      props.api ?? new ServiceApi(this, 'Api', { apiName: shopName, logEncryptionKey: encryptionKey, functions });
    this.bus = props.bus ?? eventBus(this, encryptionKey);
    this.eventResource = props.eventResource ?? eventResource(this);
    const telling = { bus: this.bus, eventResource: this.eventResource };

    this.catalog = new ProductCatalog(this, 'Catalog', { ...common, ...telling, api: this.api, currency });
    const store = new OrderingStore(this, 'Ordering', {
      ...common,
      ...telling,
      catalog: this.catalog,
      orderLimits: props.orderLimits,
    });
    const ordering = { api: this.api, catalog: this.catalog, store, functions };
    this.cart = new ShoppingCart(this, 'Cart', ordering);
    this.orders = new OrderProcessing(this, 'Orders', {
      ...ordering,
      defaultLanguage,
      ordersPerSource: props.ordersPerSource,
    });
    this.storefront = new Storefront(this, 'Storefront', { ...props, api: this.api });

    if (props.mail) {
      this.notifications = new Notifications(this, 'Notifications', {
        ...common,
        bus: this.bus,
        store,
        mail: props.mail,
        shopName,
        shopUrl: props.shopUrl ?? this.storefront.url,
        mailsPerRecipient: props.mailsPerRecipient,
        defaultLanguage,
      });
    } else {
      Annotations.of(this).addWarningV2(
        'cdk-serverless-shop:noMail',
        'No mail is sent: customers get no confirmation of their orders. Pass `mail`, for instance MailTransport.ses({ from }).',
      );
    }

    new CfnOutput(this, 'ShopUrl', { value: this.storefront.url, description: 'The shop' });
    const apiUrl = this.api.isClosed ? this.storefront.url : this.api.url;
    new CfnOutput(this, 'ApiUrl', { value: apiUrl, description: 'Its API, without /v1' });
    new CfnOutput(this, 'CatalogBucket', {
      value: this.catalog.bucket.bucketName,
      description: 'Put a product file below imports/ here',
    });
  }

  /**
   * Sends the shop's events of one type to a target.
   *
   * @param eventType what to listen to; each comes at least once, with the same `detail.id`
   * @param target where it goes
   */
  onEvent(eventType: ShopEvent, target: events.IRuleTarget): events.Rule {
    const listener = this.listeners++;
    return new events.Rule(this, `Listener${listener}`, {
      eventBus: this.bus,
      eventPattern: {
        detailType: [eventType],
        resources: [this.eventResource],
      },
      targets: [target],
    });
  }
}
