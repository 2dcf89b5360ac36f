interface RequestParts {
  readonly pathParameters?: Record<string, string>;
  readonly rawQueryString?: string;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly bytes?: Buffer;
  readonly contentType?: string;
}

/** The event of a request to an HTTP API. */
export function request(routeKey: string, parts: RequestParts = {}) {
  const { pathParameters = {}, rawQueryString = '', headers, json, bytes, contentType = 'application/json' } = parts;
  return {
    version: '2.0',
    routeKey,
    rawQueryString,
    pathParameters,
    headers: { 'content-type': contentType, ...headers },
    requestContext: { requestId: 'benchmark', http: { method: routeKey.split(' ')[0], sourceIp: '203.0.113.9' } },
    body: bytes ? bytes.toString('base64') : json && JSON.stringify(json),
    isBase64Encoded: bytes !== undefined,
  };
}
