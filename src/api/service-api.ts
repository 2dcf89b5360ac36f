import { Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BundledFunction } from '../building-blocks/bundled-function';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { acknowledge, allow } from '../building-blocks/permissions';
import { Mistakes } from '../building-blocks/validation';
import { API_ENV, API_PREFIX } from './contract';

/** One operation of a ServiceApi. */
export interface ServiceRoute {
  /** HTTP method in capitals. */
  readonly method: string;

  /** Path below `/v1`, with parameters in braces: `/products/{id}`. */
  readonly path: string;

  /** Id of the operation in the OpenAPI document. */
  readonly operationId: string;
}

/** Properties of a ServiceApi. */
export interface ServiceApiProps {
  /**
   * Title of the API in its OpenAPI document.
   *
   * @default 'Serverless shop'
   */
  readonly title?: string;

  /**
   * Requests per second over all routes before the gateway answers 429.
   *
   * @default 100
   */
  readonly rateLimit?: number;

  /**
   * Requests that may come at one moment before the gateway answers 429.
   *
   * @default 200
   */
  readonly burstLimit?: number;

  /**
   * Who may call the operations, for instance `new HttpIamAuthorizer()` or a JWT authorizer.
   *
   * @default - everyone
   */
  readonly authorizer?: apigatewayv2.IHttpRouteAuthorizer;

  /**
   * How long the access log is kept.
   *
   * @default - three months
   */
  readonly accessLogRetention?: logs.RetentionDays;

  /**
   * Key that encrypts the access log.
   *
   * @default - encrypted by CloudWatch Logs with a key of its own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How the API's own function is run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

/**
 * An HTTP API that constructs put their operations into, under `/v1`.
 *
 * Throttled, with an access log free of ids and personal data; an unknown route answers 404 as a problem document
 * (RFC 9457), and `GET /v1/openapi.json` tells what is deployed.
 */
export class ServiceApi extends Construct {
  /** The API Gateway HTTP API. */
  readonly httpApi: apigatewayv2.HttpApi;

  /** Answers unknown routes and the API document. */
  readonly defaultFunction: lambda.Function;

  /** One line per request. */
  readonly accessLog: logs.LogGroup;

  /** Address of the API without a slash at the end; operations are below `/v1`. */
  readonly url: string;

  private readonly operations: string[] = [];
  private readonly authorizer?: apigatewayv2.IHttpRouteAuthorizer;

  constructor(scope: Construct, id: string, props: ServiceApiProps = {}) {
    super(scope, id);
    const { rateLimit = 100, burstLimit = 200 } = props;
    this.authorizer = props.authorizer;
    const mistakes = new Mistakes(this);
    mistakes.when(rateLimit <= 0, `rateLimit is ${rateLimit}; it must be above 0 requests per second.`);
    mistakes.when(
      !Number.isInteger(burstLimit) || burstLimit < 1,
      `burstLimit is ${burstLimit}; it must be a whole number of requests, 1 or more.`,
    );

    this.accessLog = new logs.LogGroup(this, 'AccessLog', {
      retention: props.accessLogRetention ?? logs.RetentionDays.THREE_MONTHS,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.defaultFunction = new BundledFunction(this, 'Default', {
      bundle: 'api-default',
      description: 'Answers unknown routes and the API document',
      environment: {
        [API_ENV.NAME]: props.title ?? 'Serverless shop',
        [API_ENV.OPERATIONS]: Lazy.string({ produce: () => [...this.operations].sort().join(',') }),
      },
      timeout: Duration.seconds(5),
      settings: props.functions,
    });
    const answer = this.integration('Answer', this.defaultFunction);
    this.httpApi = new apigatewayv2.HttpApi(this, 'HttpApi', {
      apiName: props.title ?? 'Serverless shop',
      createDefaultStage: false,
      defaultIntegration: answer,
    });
    this.httpApi.addRoutes({
      path: `${API_PREFIX}/openapi.json`,
      methods: [apigatewayv2.HttpMethod.GET],
      integration: answer,
    });
    new apigatewayv2.HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
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
    acknowledge(this.httpApi, {
      'AwsSolutions::AwsSolutions-APIG4':
        'Guests browse and buy without signing in; carts and orders are reached by ids that nobody can guess. Pass an authorizer where that is not wanted.',
    });
    this.url = `https://${this.domainName}`;
  }

  /** Whether everyone may call the operations, as no authorizer was given. */
  get isOpen(): boolean {
    return this.authorizer === undefined;
  }

  /** Host name of the API, for a distribution's origin. */
  get domainName(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `${this.httpApi.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /**
   * Sends operations to a function.
   *
   * @param routes the operations; each method and path at most once in an API
   * @param handler answers API Gateway's HTTP API events, payload format 2.0
   */
  addRoutes(routes: ServiceRoute[], handler: lambda.IFunction): void {
    const integration = this.integration(handler.node.path, handler);
    for (const { method, path, operationId } of routes) {
      this.httpApi.addRoutes({
        path: `${API_PREFIX}${path}`,
        methods: [method as apigatewayv2.HttpMethod],
        integration,
        authorizer: this.authorizer,
      });
      this.operations.push(operationId);
    }
  }

  /** Allows calling every operation of the API with a signed request. */
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

  /** One integration and one permission for a function, however many routes lead to it. */
  private integration(id: string, handler: lambda.IFunction): HttpLambdaIntegration {
    return new HttpLambdaIntegration(id.replaceAll('/', '-'), handler, { scopePermissionToRoute: false });
  }
}
