import { Duration, Tokenization } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import type { ServiceApi } from '../api';
import { BundledFunction } from '../building-blocks/bundled-function';
import { checkedSettings } from '../building-blocks/function-settings-mistakes';
import { allowOnItems } from '../building-blocks/permissions';
import { Mistakes } from '../building-blocks/validation';
import { CATALOG_ENV } from '../catalog/contract';
import { ORDERING_ENV, ORDERING_ITEMS } from './contract';
import { limitsSetting } from './order-limits';
import type { OrderingStore, OrderingStoreProps } from './ordering-store';
import { ROUTES } from './routes.generated';
import { storeFor } from './store-for';

/** Properties of a ShoppingCart. */
export interface ShoppingCartProps extends OrderingStoreProps {
  /**
   * API that the cart's operations are put into.
   *
   * @default - the catalogue's API
   */
  readonly api?: ServiceApi;

  /**
   * Store to share with an OrderProcessing. It brings its own table, bus, key, policies, limits and
   * alarms; none of these may be given beside it.
   *
   * @default - a store of its own, of what is given here
   */
  readonly store?: OrderingStore;

  /**
   * Time after its last change at which a cart is forgotten, in whole seconds; a minute to a year.
   *
   * @default Duration.days(30)
   */
  readonly cartExpiry?: Duration;
}

const SHORTEST_EXPIRY = Duration.minutes(1);
const LONGEST_EXPIRY = Duration.days(365);

/**
 * Guest carts: opened, filled, looked at and thrown away over HTTP, at the prices and stock of the moment.
 *
 * The id of a cart is the only key to it. How much it holds is limited, so that one guest cannot take what is there for
 * all: see OrderLimits.
 */
@propertyInjectable
export class ShoppingCart extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.ShoppingCart';

  /** API that the operations are in. */
  readonly api: ServiceApi;

  /** Where the carts are kept. */
  readonly store: OrderingStore;

  /** Answers the operations. */
  readonly cartFunction: lambda.Function;

  constructor(scope: Construct, id: string, props: ShoppingCartProps) {
    super(scope, id);
    checkedSettings(this, props.functions);
    const { catalog, cartExpiry = Duration.days(30) } = props;
    const mistakes = new Mistakes(this);
    mistakes.unlessSeconds(
      cartExpiry,
      SHORTEST_EXPIRY,
      LONGEST_EXPIRY,
      `cartExpiry is ${cartExpiry.toHumanString()}; it must be whole seconds, from a minute to a year.`,
    );
    this.store = storeFor(this, props, mistakes);
    this.api = props.api ?? catalog.api;

    const { table } = this.store;
    this.cartFunction = new BundledFunction(this, 'Cart', {
      bundle: 'cart',
      description: 'Opens, changes and shows carts; shows stock',
      environment: {
        [ORDERING_ENV.TABLE]: table.tableName,
        [ORDERING_ENV.LIMITS]: limitsSetting(this, this.store.orderLimits),
        [ORDERING_ENV.CART_EXPIRY]: Tokenization.stringifyNumber(cartExpiry.toSeconds({ integral: false })),
        [CATALOG_ENV.TABLE]: catalog.table.tableName,
        [CATALOG_ENV.CURRENCY]: catalog.currency,
      },
      timeout: Duration.seconds(15),
      settings: props.functions,
    });
    allowOnItems(this.cartFunction, table, [ORDERING_ITEMS.CART_PREFIX], 'GetItem', 'PutItem');
    allowOnItems(this.cartFunction, table, [ORDERING_ITEMS.STOCK_PREFIX], 'BatchGetItem');
    catalog.grantReadProducts(this.cartFunction);
    this.api.addRoutes([...ROUTES.cart], this.cartFunction);
  }
}
