import type { InvokeCommandInput } from '@aws-sdk/client-lambda';
import type { Service } from './endpoint';
import { restError } from './json-protocol';
import { type ClientOptions, ServiceClient } from './service-client';

export interface Lambda {
  /** Succeeds as a call even where the function failed: then there is a `FunctionError`. */
  invoke(
    input: Pick<InvokeCommandInput, 'FunctionName' | 'InvocationType' | 'Qualifier'> & {
      readonly Payload?: string | Uint8Array;
    },
  ): Promise<{ StatusCode: number; FunctionError?: string; Payload: Uint8Array }>;
}

export const LAMBDA: Service = { id: 'LAMBDA', host: 'lambda', signing: 'lambda' };

/** The answer comes when the function is done. */
const REQUEST_TIMEOUT_MS = 30_000;

export class LambdaClient implements Lambda {
  private readonly client: ServiceClient;

  constructor(options: ClientOptions = {}) {
    this.client = new ServiceClient(LAMBDA, { requestTimeoutMs: REQUEST_TIMEOUT_MS, ...options }, restError);
  }

  invoke({ FunctionName = '', InvocationType, Qualifier, Payload }: Parameters<Lambda['invoke']>[0]) {
    const query = Qualifier ? `?Qualifier=${encodeURIComponent(Qualifier)}` : '';
    return this.client.send(
      {
        method: 'POST',
        path: `/2015-03-31/functions/${encodeURIComponent(FunctionName)}/invocations${query}`,
        headers: { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': InvocationType },
        body: Payload,
      },
      ({ status, headers, body }) => ({
        StatusCode: status,
        FunctionError: headers['x-amz-function-error'] as string | undefined,
        Payload: body as Uint8Array,
      }),
    );
  }
}
