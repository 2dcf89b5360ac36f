import { Duration, Lazy, Names, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { BundledFunction } from '../building-blocks/bundled-function';
import { acknowledgeCaller } from '../building-blocks/callers';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { expiringLogGroup } from '../building-blocks/log-group';
import { acknowledge, allow } from '../building-blocks/permissions';
import { uniqueName } from '../building-blocks/unique-name';
import { Mistakes } from '../building-blocks/validation';
import { EDGE } from '../runtime/contract';
import { API_DOCUMENT, API_ENV, API_PREFIX } from './contract';
import { OPERATIONS } from './operations.generated';
import { OwnAddress } from './own-address';
import { SignIn } from './sign-in';
import { OperationKind, type OperationThrottles, Throttling } from './throttling';

/** One operation of a ServiceApi. */
export interface ServiceRoute {
  /** HTTP method in capitals, such as `GET`, which takes `HEAD` as well. */
  readonly method: string;

  /** Path below `/v1`, with parameters in braces: `/products/{id}`. */
  readonly path: string;

  /** Id of the operation in the OpenAPI document. */
  readonly operationId: string;

  /**
   * What it does, which decides how many requests it takes.
   *
   * @default OperationKind.BROWSE
   */
  readonly kind?: OperationKind;

  /**
   * Who may call it.
   *
   * @default SignIn.NONE
   */
  readonly signIn?: SignIn;

  /**
   * Staff with any of these roles may call it; the function checks that.
   *
   * @default - none; a route for staff names one at least
   */
  readonly roles?: string[];
}

/** Properties of a ServiceApi. */
export interface ServiceApiProps {
  /**
   * Name of the API, in the console and as the title of its OpenAPI document.
   *
   * @default 'Serverless shop'
   */
  readonly apiName?: string;

  /**
   * How many requests each operation takes, by its kind.
   *
   * @default - see OperationThrottles
   */
  readonly throttles?: OperationThrottles;

  /**
   * Who may call the operations that guests may call, for instance `new HttpIamAuthorizer()`.
   *
   * @default - everyone
   */
  readonly authorizer?: apigatewayv2.IHttpRouteAuthorizer;

  /**
   * Signs customers in: a JWT authorizer, such as `HttpUserPoolAuthorizer`. The token's `sub` is the customer's id.
   *
   * @default - none; routes for customers are refused at synthesis
   */
  readonly customerAuthorizer?: apigatewayv2.IHttpRouteAuthorizer;

  /**
   * Signs staff in: a JWT authorizer, such as `HttpUserPoolAuthorizer`. The token's `sub` is the person's id, its
   * `cognito:groups` are the roles.
   *
   * @default - none; routes for staff are refused at synthesis
   */
  readonly staffAuthorizer?: apigatewayv2.IHttpRouteAuthorizer;

  /**
   * Names of the secrets by which distributions are known once `closeDirectAccess` was called, such as `['1']`. Each is
   * a generated secret of Secrets Manager. Distributions send the first; functions take them all. To change it without
   * refusing anybody, deploy three times: with the new name added at the end, with it put first, and without the old.
   *
   * @default ['1']
   */
  readonly originSecrets?: string[];

  /**
   * How long the access log is kept.
   *
   * @default - as long as the functions' logs: three months
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Key that encrypts the access log. CloudWatch Logs is allowed to use it; the policy of an imported key must do so
   * already.
   *
   * @default - encrypted by CloudWatch Logs with a key of its own
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * How the API's own function is run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

/** API Gateway takes a parameter for one whole name, or for all that follows (`{proxy+}`). */
const PATH = /^(\/([\w.~%:-]+|\{[\w.-]+\}))*\/([\w.~%:-]+|\{[\w.-]+\+?\})$/;

const NEEDS_TOKEN: readonly SignIn[] = [SignIn.CUSTOMER, SignIn.STAFF];

/**
 * An HTTP API that constructs put their operations into, under `/v1`.
 *
 * Throttled, with an access log free of ids and personal data; an unknown address answers 404 as a problem document
 * (RFC 9457), one that does not take the method 405 with `Allow`, and `GET /v1/openapi.json` tells what is deployed.
 */
@propertyInjectable
export class ServiceApi extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.ServiceApi';

  /** The API Gateway HTTP API. */
  readonly httpApi: apigatewayv2.HttpApi;

  /** Answers whatever has no route, and the API document. */
  readonly defaultFunction: lambda.Function;

  /** One line per request. */
  readonly accessLog: logs.LogGroup;

  /** Address of the API without a slash at the end; operations are below `/v1`. */
  readonly url: string;

  /** @internal By it functions know what came through a distribution, and so that its viewer is who it says. */
  readonly _edgeProof: string;

  private readonly mistakes: Mistakes;
  private readonly throttling: Throttling;
  private readonly ownAddress: OwnAddress;
  /** Paths of routes that were reported; the HEAD of a GET is no mistake of its own. */
  private readonly malformed = new Set<string>();
  private readonly wrongAuthorizers = new Set<SignIn>();
  private readonly operations = new Map<string, ServiceRoute & { readonly owner: string }>();
  private readonly authorizers: Readonly<Record<SignIn, apigatewayv2.IHttpRouteAuthorizer | undefined>>;

  constructor(scope: Construct, id: string, props: ServiceApiProps = {}) {
    super(scope, id);
    this.authorizers = {
      [SignIn.NONE]: props.authorizer,
      [SignIn.OPTIONAL]: props.authorizer,
      [SignIn.CUSTOMER]: props.customerAuthorizer,
      [SignIn.STAFF]: props.staffAuthorizer,
    };
    this.mistakes = new Mistakes(this);
    this.throttling = new Throttling(props.throttles ?? {}, this.mistakes);
    this.ownAddress = new OwnAddress(this, props.originSecrets ?? ['1'], this.mistakes);

    this.accessLog = expiringLogGroup(this, 'AccessLog', {
      retention: props.logRetention ?? props.functions?.logRetention,
      encryptionKey: props.logEncryptionKey,
    });
    this.defaultFunction = new BundledFunction(this, 'Default', {
      bundle: 'api-default',
      description: 'Answers whatever has no route, and the API document',
      environment: {
        [API_ENV.NAME]: props.apiName ?? 'Serverless shop',
        [API_ENV.OPERATIONS]: Lazy.string({ produce: () => this.deployedOperations().join(',') }),
      },
      timeout: Duration.seconds(5),
      settings: props.functions,
    });
    this.ownAddress.answeredBy(this.defaultFunction);
    const answer = this.integration('Answer', this.defaultFunction);
    this.httpApi = new apigatewayv2.HttpApi(this, 'HttpApi', {
      apiName: props.apiName ?? 'Serverless shop',
      createDefaultStage: false,
      defaultIntegration: answer,
    });
    const [document, ofHead] = this.httpApi.addRoutes({
      path: `${API_PREFIX}${API_DOCUMENT}`,
      methods: [apigatewayv2.HttpMethod.GET, apigatewayv2.HttpMethod.HEAD],
      integration: answer,
    });
    // Not the API as a whole: routes that its user adds are the user's.
    for (const route of [document, ofHead, this.httpApi.node.findChild('DefaultRoute')]) {
      acknowledge(route, {
        'AwsSolutions-APIG4': 'It answers with what is public: the API document, and that there is no such route.',
      });
    }
    const stage = new apigatewayv2.HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      autoDeploy: true,
      throttle: this.throttling.common,
      accessLogSettings: {
        destination: new apigatewayv2.LogGroupLogDestination(this.accessLog),
        // The route, not the path: a path holds cart and order ids, and those are capabilities.
        format: apigateway.AccessLogFormat.custom(
          JSON.stringify({
            requestId: apigateway.AccessLogField.contextRequestId(),
            time: apigateway.AccessLogField.contextRequestTime(),
            route: '$context.routeKey',
            status: apigateway.AccessLogField.contextStatus(),
            latency: apigateway.AccessLogField.contextResponseLatency(),
            integrationLatency: apigateway.AccessLogField.contextIntegrationLatency(),
            integrationError: '$context.integrationErrorMessage',
            bytes: apigateway.AccessLogField.contextResponseLength(),
          }),
        ),
      },
    });
    this.throttling.applyTo(stage);
    this.url = `https://${this.domainName}`;
    this._edgeProof = uniqueName(this, 'edge');
  }

  /** Whether everyone may call the operations of guests, as no authorizer was given for them. */
  get isOpen(): boolean {
    return this.authorizers[SignIn.NONE] === undefined;
  }

  /** Whether the functions refuse what does not come through a distribution. */
  get isClosed(): boolean {
    return this.ownAddress.isClosed;
  }

  /**
   * What a distribution before this API sends with each request, one of your own as well: by it viewers are told apart,
   * where otherwise a server of CloudFront would count as one; and the secret, where `isClosed`.
   */
  get originHeaders(): Record<string, string> {
    return { ...this.ownAddress.headers, [EDGE.HEADER]: this._edgeProof };
  }

  /** Host name of the API, for a distribution's origin. */
  get domainName(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `${this.httpApi.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /**
   * Sends operations to a function. With `GET` it gets `HEAD`, unless that is an operation by itself; of what it answers
   * to it, the body is dropped.
   *
   * @param routes the operations; each method and path at most once in an API
   * @param handler answers API Gateway's HTTP API events, payload format 2.0; it may be of another stack, which then
   * depends on the API's
   */
  addRoutes(routes: ServiceRoute[], handler: lambda.IFunction): void {
    this.ownAddress.answeredBy(handler);
    const integration = this.integration(handler.node.path, handler);
    for (const route of this.withHead(routes)) {
      const key = `${route.method} ${route.path}`;
      const taken = this.operations.get(key);
      const wrong = this.mistakes.when(
        taken !== undefined,
        `${key} is wanted by ${handler.node.path} and by ${taken?.owner}, and an API can send it to one of them only. Give one of the two an API of its own.`,
      );
      if (wrong || this.isMalformed(key, route) || this.lacksSignIn(key, route)) continue;
      this.operations.set(key, { ...route, owner: handler.node.path });
      this.throttling.add(this.addRoute(key, route, integration, handler), key, route.kind ?? OperationKind.BROWSE);
    }
  }

  /**
   * Has the functions refuse, with 403, what is sent to the API's own address instead of to a distribution before it: an
   * HTTP API knows no WAF, and is called past that of a distribution otherwise. Storefronts with a web ACL do this.
   *
   * Each distribution is known by a secret that it sends in `originHeaders`; a distribution of one's own must send them
   * too. The secret is in no template. Whoever may read the configuration of the distribution or of the functions can
   * read it there. A refused request still counts for the API's throttles and calls a function.
   *
   * Functions that are not of this library must check the header themselves; synth says which.
   */
  closeDirectAccess(): void {
    this.ownAddress.close();
  }

  /** Allows calling the operations that an HttpIamAuthorizer guards, with signed requests. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return allow(grantee, ['execute-api:Invoke'], this.httpApi.arnForExecuteApi());
  }

  /** Requests answered with a server error. */
  metricServerError(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricServerError(options);
  }

  /** Requests answered with a client error. */
  metricClientError(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricClientError(options);
  }

  /** Time from a request to its answer, in milliseconds. */
  metricLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricLatency(options);
  }

  /**
   * Routes to functions of another stack stand beside their function: below the API, they would make the API's stack
   * depend on the function's, which often depends on the API's already.
   */
  private addRoute(
    key: string,
    { method, path, signIn = SignIn.NONE }: ServiceRoute,
    integration: HttpLambdaIntegration,
    handler: lambda.IFunction,
  ): apigatewayv2.HttpRoute {
    const methods = [method as apigatewayv2.HttpMethod];
    const authorizer = this.authorizers[signIn];
    const options = { integration, authorizer };
    const [route] =
      Stack.of(handler) === Stack.of(this)
        ? this.httpApi.addRoutes({ path: `${API_PREFIX}${path}`, methods, ...options })
        : [
            new apigatewayv2.HttpRoute(handler.node.scope ?? handler.stack, `${Names.uniqueId(this)}-${key}`, {
              httpApi: this.httpApi,
              routeKey: apigatewayv2.HttpRouteKey.with(`${API_PREFIX}${path}`, methods[0]),
              ...options,
            }),
          ];
    if (!authorizer && handler instanceof BundledFunction) {
      acknowledge(route, {
        'AwsSolutions-APIG4': `${key} is for guests, who do not sign in. Where that is not wanted, pass an authorizer to the ServiceApi.`,
      });
    }
    this.checkAuthorizer(route, signIn);
    return route;
  }

  private isMalformed(key: string, { method, path, operationId }: ServiceRoute): boolean {
    if (method === 'HEAD' && this.malformed.has(path)) return true;
    const methods = Object.values<string>(apigatewayv2.HttpMethod).filter((it) => it !== apigatewayv2.HttpMethod.ANY);
    const badMethod = this.mistakes.when(
      !methods.includes(method),
      `${key}: the method is "${method}"; it must be one of ${methods.join(', ')}.`,
    );
    const badPath = this.mistakes.unlessMatching(
      path,
      PATH,
      `${key}: the path is "${path}"; it must be names or parameters in braces, each after a slash, as in /products/{id}.`,
    );
    const other = [...this.operations].find(
      ([, it]) => it.operationId === operationId && !(it.path === path && [it.method, method].includes('HEAD')),
    )?.[0];
    const badId = this.mistakes.when(
      other !== undefined,
      `${key} and ${other} are both called ${operationId}; each operationId must be unique in an API.`,
    );
    if (badMethod || badPath || badId) this.malformed.add(path);
    return badMethod || badPath || badId;
  }

  private lacksSignIn(key: string, { signIn = SignIn.NONE, roles = [] }: ServiceRoute): boolean {
    this.mistakes.when(
      signIn === SignIn.STAFF && roles.length === 0,
      `${key} is for staff, but its roles are missing: name those that may call it.`,
    );
    return this.mistakes.when(
      NEEDS_TOKEN.includes(signIn) && this.authorizers[signIn] === undefined,
      `${key} is for a signed-in ${signIn}; pass a ${signIn}Authorizer to the ServiceApi.`,
    );
  }

  /** Functions read who calls from the claims of a JWT; no other authorizer hands them on. */
  private checkAuthorizer(route: apigatewayv2.HttpRoute, signIn: SignIn): void {
    if (!NEEDS_TOKEN.includes(signIn)) return;
    const { authorizationType } = route.node.defaultChild as apigatewayv2.CfnRoute;
    const message = `${signIn}Authorizer is of the type ${authorizationType}; it must be a JWT authorizer.`;
    this.mistakes.when(authorizationType !== 'JWT' && !this.wrongAuthorizers.has(signIn), message);
    if (authorizationType !== 'JWT') this.wrongAuthorizers.add(signIn);
  }

  private withHead(routes: readonly ServiceRoute[]): ServiceRoute[] {
    const own = new Set([...this.operations.values(), ...routes].filter((it) => it.method === 'HEAD').map(pathOf));
    const heads = routes.filter((it) => it.method === 'GET' && !own.has(it.path));
    return [...routes, ...heads.map((it) => ({ ...it, method: 'HEAD' }))];
  }

  /** As short as can be: the environment of a function holds 4 kB. */
  private deployedOperations(): string[] {
    return [...this.operations]
      .filter(([, { method, path }]) => method !== 'HEAD' || !this.operations.has(`GET ${path}`))
      .map(([key, { operationId }]) => (OPERATIONS[operationId] === key ? operationId : key))
      .sort();
  }

  /** One integration and one permission for a function, however many routes lead to it. */
  private integration(id: string, handler: lambda.IFunction): HttpLambdaIntegration {
    acknowledgeCaller(handler, 'api');
    return new HttpLambdaIntegration(id.replaceAll('/', '-'), handler, { scopePermissionToRoute: false });
  }
}

function pathOf({ path }: ServiceRoute): string {
  return path;
}
