import type { Service } from './endpoint';
import { AwsError, type AwsErrorDetails } from './error';
import { requestIdOf, retryAfterOf } from './response-headers';
import { type ClientOptions, ServiceClient } from './service-client';
import type { HttpResponse } from './transport';

export interface JsonService extends Service {
  /** Before the operation's name in `x-amz-target`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

/** What a service's errors tell beside their name and message. */
export type ErrorExtras = (body: Record<string, unknown>) => Partial<AwsErrorDetails>;

/** A service whose operations are all posted as JSON to one address. */
export class JsonClient {
  private readonly client: ServiceClient;

  constructor(
    private readonly service: JsonService,
    options: ClientOptions = {},
    extras?: ErrorExtras,
  ) {
    this.client = new ServiceClient(service, options, (response) => rpcError(response, extras));
  }

  call<Output>(operation: string, input: object): Promise<Output> {
    return this.client.send(
      {
        method: 'POST',
        path: '/',
        headers: {
          'content-type': `application/x-amz-json-${this.service.version}`,
          'x-amz-target': `${this.service.target}.${operation}`,
        },
        body: JSON.stringify(input, withBinary),
      },
      (response) => parseJson(response) as Output,
    );
  }
}

/** An error of a service that speaks to one address: the body's word counts before the header's. */
function rpcError(response: HttpResponse, extras?: ErrorExtras): AwsError {
  return jsonError(response, ({ type, code, header }) => type ?? code ?? header, extras);
}

/** An error of a service whose operations have addresses: the header's word counts before the body's. */
export function restError(response: HttpResponse): AwsError {
  return jsonError(response, ({ type, code, header }) => header ?? code ?? type);
}

type Names = Partial<Record<'type' | 'code' | 'header', unknown>>;

function jsonError(response: HttpResponse, nameOf: (names: Names) => unknown, extras?: ErrorExtras): AwsError {
  const { status, headers } = response;
  const body = parseJson(response) as Record<string, unknown>;
  const names = { type: body.__type, code: body.code ?? body.Code, header: headers['x-amzn-errortype'] };
  const details = { status, requestId: requestIdOf(headers), retryAfterMs: retryAfterOf(headers), ...extras?.(body) };
  const message = String(body.message ?? body.Message ?? 'UnknownError');
  return new AwsError(bareName(String(nameOf(names) ?? 'Unknown')), message, details);
}

export function parseJson({ status, headers, body }: HttpResponse): unknown {
  if (body.length === 0) return {};
  const text = body.toString();
  try {
    return JSON.parse(text, /"BS?":/.test(text) ? fromBinary : undefined);
  } catch (error) {
    const requestId = requestIdOf(headers);
    throw new AwsError('SyntaxError', `The answer is not JSON: ${(error as Error).message}`, { status, requestId });
  }
}

/** The name alone: services put a namespace before it and an address behind it. */
function bareName(name: string): string {
  const [bare] = name.split(/[,:]/);
  return bare.split('#')[1] ?? bare;
}

/** Binary goes as base64. A Buffer has turned itself into something else by the time `value` is given. */
function withBinary(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value;
}

/** DynamoDB's binary attributes: a member of that name that holds text is nothing else. */
function fromBinary(key: string, value: unknown): unknown {
  if (key === 'B' && typeof value === 'string') return Uint8Array.from(Buffer.from(value, 'base64'));
  if (key === 'BS' && Array.isArray(value)) return value.map((each) => Uint8Array.from(Buffer.from(each, 'base64')));
  return value;
}
