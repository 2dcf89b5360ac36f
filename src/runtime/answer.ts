/** Answers as an API Gateway HTTP API takes them. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { problemOf } from './problem';
import type { Refusal } from './refusal';

type Headers = Readonly<Record<string, string>>;

/** What an operation answers, before it is written for the gateway. */
export interface AnyReply {
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: unknown;
}

/** Nothing keeps an answer that does not say so. */
export function answer({ status, headers, body }: AnyReply): APIGatewayProxyStructuredResultV2 {
  const common = { 'cache-control': 'no-store', ...headers };
  if (body === undefined) return { statusCode: status, headers: common };
  if (body instanceof Uint8Array) {
    return { statusCode: status, headers: common, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  }
  return { statusCode: status, headers: { 'content-type': 'application/json', ...common }, body: JSON.stringify(body) };
}

export function answerProblem(
  status: number,
  refusal: Refusal,
  headers: Headers = {},
): APIGatewayProxyStructuredResultV2 {
  return answer({
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...headers,
    },
    body: problemOf(refusal, status),
  });
}

/** What HEAD is answered where GET is answered so: the length alone is left out, as it would be that of no body. */
export function withoutBody({ statusCode, headers }: APIGatewayProxyStructuredResultV2) {
  return { statusCode, headers };
}
