import { Annotations, Lazy, Token } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type { Mistakes } from '../building-blocks/validation';

/** What an operation does, and so what each request of it costs. */
export enum OperationKind {
  /** Reads what is at hand. */
  BROWSE = 'browse',

  /** Changes a cart, or looks at one. */
  CART = 'cart',

  /** Places an order. */
  CHECKOUT = 'checkout',

  /** Takes a file in, and may wait for what becomes of it. */
  UPLOAD = 'upload',

  /** Asks a model. */
  INFERENCE = 'inference',
}

/**
 * How many requests each operation takes before the gateway answers 429, by kind. Each method of each address is
 * counted by itself, so that a flood of one leaves the others what is theirs. Of a kind that is given, a limit that is
 * left out is the default's.
 */
export interface OperationThrottles {
  /**
   * Of reading products, photos, settings, orders and the like, and of operations without a kind.
   *
   * @default - 100 requests a second, 200 at one moment
   */
  readonly browse?: apigatewayv2.ThrottleSettings;

  /**
   * Of what is done with a cart.
   *
   * @default - 50 requests a second, 100 at one moment
   */
  readonly cart?: apigatewayv2.ThrottleSettings;

  /**
   * Of placing orders.
   *
   * @default - 25 requests a second, 50 at one moment
   */
  readonly checkout?: apigatewayv2.ThrottleSettings;

  /**
   * Of handing in images.
   *
   * @default - 5 requests a second, 10 at one moment
   */
  readonly upload?: apigatewayv2.ThrottleSettings;

  /**
   * Of classifying images.
   *
   * @default - 5 requests a second, 10 at one moment
   */
  readonly inference?: apigatewayv2.ThrottleSettings;
}

type Limits = Required<apigatewayv2.ThrottleSettings>;

/** docs/decisions/throttles.md says where they come from. */
const DEFAULTS: Readonly<Record<OperationKind, Limits>> = {
  [OperationKind.BROWSE]: { rateLimit: 100, burstLimit: 200 },
  [OperationKind.CART]: { rateLimit: 50, burstLimit: 100 },
  [OperationKind.CHECKOUT]: { rateLimit: 25, burstLimit: 50 },
  [OperationKind.UPLOAD]: { rateLimit: 5, burstLimit: 10 },
  [OperationKind.INFERENCE]: { rateLimit: 5, burstLimit: 10 },
};

/** Kinds of which a request may take a function for half a minute. */
const LENGTHY: readonly OperationKind[] = [OperationKind.UPLOAD, OperationKind.INFERENCE];

/** What a stage knows of the throttling of its routes. */
export class Throttling {
  private readonly limits: Readonly<Record<OperationKind, Limits>>;
  private readonly routes: { readonly route: apigatewayv2.CfnRoute; readonly kind: OperationKind }[] = [];
  private stage?: apigatewayv2.CfnStage;

  constructor(throttles: OperationThrottles, mistakes: Mistakes) {
    const kinds = Object.values(OperationKind);
    this.limits = Object.fromEntries(kinds.map((kind) => [kind, limitsOf(kind, throttles)])) as typeof this.limits;
    for (const [kind, { rateLimit, burstLimit }] of Object.entries(this.limits)) {
      mistakes.when(
        !Token.isUnresolved(rateLimit) && !(rateLimit > 0),
        `throttles.${kind}.rateLimit is ${rateLimit}; it must be above 0 requests per second.`,
      );
      mistakes.when(
        !Token.isUnresolved(burstLimit) && !(Number.isInteger(burstLimit) && burstLimit >= 1),
        `throttles.${kind}.burstLimit is ${burstLimit}; it must be a whole number of requests, 1 or more.`,
      );
    }
  }

  /** Of routes that have no limits of their own. */
  get common(): apigatewayv2.ThrottleSettings {
    return this.limits[OperationKind.BROWSE];
  }

  /** Gives the stage the limits of all routes that are named before and after. */
  applyTo(stage: apigatewayv2.HttpStage): void {
    this.stage = stage.node.defaultChild as apigatewayv2.CfnStage;
    this.stage.routeSettings = Lazy.any({ produce: () => this.routeSettings() });
  }

  add(route: apigatewayv2.HttpRoute, key: string, kind: OperationKind): void {
    if (kind === OperationKind.BROWSE) return;
    const itsRoute = route.node.defaultChild as apigatewayv2.CfnRoute;
    if (this.stage?.stack !== itsRoute.stack) {
      if (LENGTHY.includes(kind)) warn(route, key, kind);
      return;
    }
    this.routes.push({ route: itsRoute, kind });
    // A stage refuses settings of a route that is not there.
    this.stage.addDependency(itsRoute);
  }

  private routeSettings(): Record<string, object> | undefined {
    if (this.routes.length === 0) return undefined;
    const settings = this.routes.map(({ route, kind }) => {
      const { rateLimit, burstLimit } = this.limits[kind];
      return [route.routeKey, { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit }] as const;
    });
    return Object.fromEntries(settings.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function limitsOf(kind: OperationKind, throttles: OperationThrottles): Limits {
  const { rateLimit = DEFAULTS[kind].rateLimit, burstLimit = DEFAULTS[kind].burstLimit } = throttles[kind] ?? {};
  return { rateLimit, burstLimit };
}

function warn(route: apigatewayv2.HttpRoute, key: string, kind: OperationKind): void {
  Annotations.of(route).addWarningV2(
    'cdk-serverless-shop:throttledAsBrowsing',
    `${key} is throttled as browsing is, and not by throttles.${kind}: it stands in the stack of its function, and a stage can name the routes of its own stack only. Put the two in one stack, or limit what the function may take.`,
  );
}
