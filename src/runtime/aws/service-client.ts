import { sign } from 'aws4';
import { remainingMs, takeRetry } from '../budget';
import { type Clock, systemClock } from '../clock';
import { type Credentials, currentCredentials } from './credentials';
import { configuredEndpoint, regionalEndpoint, regionFromEnvironment, type Service } from './endpoint';
import { AwsError } from './error';
import { exchange, type HttpRequest, type HttpResponse, prepareTransport } from './transport';

export interface ClientOptions {
  readonly region?: string;
  /** Address of the service, before any that the environment names. */
  readonly endpoint?: string;
  readonly credentials?: () => Promise<Credentials>;
  /** First one included; AWS_MAX_ATTEMPTS, or else the SDK's number for the service. */
  readonly maxAttempts?: number;
  readonly connectTimeoutMs?: number;
  /** Of one attempt, until its whole answer is there. */
  readonly requestTimeoutMs?: number;
  readonly clock?: Clock;
}

export interface ServiceRequest {
  readonly method: string;
  /** Encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  /** Instead of the service's own address. */
  readonly endpoint?: URL;
}

/** How a protocol tells of a failure. */
export type ErrorReader = (response: HttpResponse) => AwsError;

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 50;
const FIRST_WAIT_WHEN_THROTTLED_MS = 1000;
const LONGEST_WAIT_MS = 20_000;
/** So much longer than it would anyway a client waits because the service asks for it. */
const LONGEST_ASKED_WAIT_MS = 5000;
const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;
/** A clock that is further off is told by the services' own. */
const TOLERATED_SKEW_MS = 240_000;
const USER_AGENT = 'cdk-serverless-shop';

/**
 * Calls one AWS service over HTTP as the SDK does: signs, tries again what may pass, and names errors. Every attempt
 * signs anew, with the credentials and the time of its own moment.
 */
export class ServiceClient {
  readonly region: string;
  readonly endpoint: URL;
  private readonly retryTokens = new RetryTokens();
  private readonly clock: Clock;
  private skewMs = 0;

  constructor(
    private readonly service: Service,
    private readonly options: ClientOptions,
    private readonly readError: ErrorReader,
  ) {
    this.region = options.region ?? regionFromEnvironment();
    this.endpoint = options.endpoint
      ? new URL(options.endpoint)
      : (configuredEndpoint(service) ?? regionalEndpoint(service, this.region));
    this.clock = options.clock ?? systemClock;
    prepareTransport(this.endpoint.protocol);
  }

  /**
   * @param read makes the result of an answer with success; what it throws ends the call
   * @throws AwsError
   */
  async send<T>(request: ServiceRequest, read: (response: HttpResponse) => T): Promise<T> {
    const attempts =
      this.options.maxAttempts ?? (Number(process.env.AWS_MAX_ATTEMPTS) || this.service.attempts || ATTEMPTS);
    let cost = 0;
    for (let made = 1; ; made++) {
      try {
        const response = await this.attempt(request);
        const result = read(response);
        this.retryTokens.giveBack(cost);
        return result;
      } catch (error) {
        if (!(error instanceof AwsError) || !error.retryable || made >= attempts) throw error;
        const waitMs = this.waitBefore(made, error);
        cost = RetryTokens.costOf(error);
        if (!this.retryTokens.has(cost) || !takeRetry(waitMs)) throw error;
        this.retryTokens.take(cost);
        await this.clock.sleep(waitMs);
      }
    }
  }

  /** An address that carries its own signature. */
  async presign({ method, path, endpoint = this.endpoint }: ServiceRequest): Promise<string> {
    const whole = pathAt(endpoint, path);
    const signed = sign(
      {
        method,
        host: endpoint.host,
        path: `${whole}${whole.includes('?') ? '&' : '?'}X-Amz-Date=${this.timestamp()}`,
        service: this.service.signing,
        region: this.region,
        signQuery: true,
      },
      await this.credentials(),
    );
    return `${endpoint.origin}${signed.path}`;
  }

  private async attempt(request: ServiceRequest): Promise<HttpResponse> {
    const whole = Math.min(this.options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS, Math.ceil(remainingMs()));
    if (whole <= 0) throw new AwsError('TimeoutError', 'No time is left for a call.', { status: 0 });
    const connect = Math.min(this.options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, whole);
    const response = await exchange(await this.signed(request), { connect, whole });
    if (response.status >= 200 && response.status < 300) return response;
    throw this.correctedForSkew(this.readError(response), response);
  }

  private async signed({
    method,
    path,
    headers,
    body,
    endpoint = this.endpoint,
  }: ServiceRequest): Promise<HttpRequest> {
    const signed = sign(
      {
        method,
        path: pathAt(endpoint, path),
        service: this.service.signing,
        region: this.region,
        body: body as string | Buffer | undefined,
        headers: {
          host: endpoint.host,
          'x-amz-date': this.timestamp(),
          'user-agent': USER_AGENT,
          ...traceHeader(),
          ...(body === undefined && method !== 'GET' && method !== 'HEAD' && { 'content-length': '0' }),
          ...defined(headers),
        },
      },
      await this.credentials(),
    );
    return { url: endpoint, method, path: signed.path ?? path, headers: signed.headers ?? {}, body };
  }

  private credentials(): Promise<Credentials> {
    return (this.options.credentials ?? currentCredentials)();
  }

  private timestamp(): string {
    const now = new Date(this.clock.now().getTime() + this.skewMs);
    return now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  }

  /** The upper bound doubles with each wait, which is random so that those who failed together do not meet again. */
  private waitBefore(retry: number, { failure, retryAfterMs = 0 }: AwsError): number {
    const first = failure === 'throttled' ? FIRST_WAIT_WHEN_THROTTLED_MS : (this.service.firstWaitMs ?? FIRST_WAIT_MS);
    const waitMs = Math.floor(this.clock.random() * Math.min(first * 2 ** (retry - 1), LONGEST_WAIT_MS));
    return Math.max(waitMs, Math.min(retryAfterMs, waitMs + LONGEST_ASKED_WAIT_MS));
  }

  /** A signature that was refused because of the time is made again by the time of the service. */
  private correctedForSkew(error: AwsError, { headers }: HttpResponse): AwsError {
    const theirs = Date.parse(headers.date ?? '');
    if (!SKEW_NAMES.includes(error.name) || Number.isNaN(theirs)) return error;
    const skewMs = theirs - this.clock.now().getTime();
    if (Math.abs(skewMs - this.skewMs) < TOLERATED_SKEW_MS) return error;
    this.skewMs = skewMs;
    return new AwsError(error.name, error.message, { ...error, failure: 'passing', cause: error });
  }
}

/** What a service says of a signature from another time; some of them say it of other things too. */
const SKEW_NAMES = [
  'AccessDeniedException',
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
];

/** Stops trying again while nearly everything fails, by the SDK's figures. */
class RetryTokens {
  private static readonly ALL = 500;
  private left = RetryTokens.ALL;

  static costOf({ failure }: AwsError): number {
    return failure === 'throttled' ? 5 : 14;
  }

  has(cost: number): boolean {
    return this.left >= cost;
  }

  take(cost: number): void {
    this.left -= cost;
  }

  /** @param cost of the retry that succeeded; 0 for a first attempt, which earns a little */
  giveBack(cost: number): void {
    this.left = Math.min(RetryTokens.ALL, this.left + (cost || 1));
  }
}

/** An endpoint may have a path of its own. */
function pathAt({ pathname }: URL, path: string): string {
  return pathname.replace(/\/$/, '') + path;
}

/** Lambda's own, so that a trace goes on and a function that calls itself in a circle is found. */
function traceHeader(): Record<string, string> {
  const { AWS_LAMBDA_FUNCTION_NAME: functionName, _X_AMZN_TRACE_ID: trace } = process.env;
  return functionName && trace ? { 'x-amzn-trace-id': trace } : {};
}

function defined(headers: ServiceRequest['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as never;
}
