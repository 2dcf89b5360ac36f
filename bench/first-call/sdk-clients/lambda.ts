import { InvokeCommand, type LambdaClientConfig, LambdaClient as Sdk } from '@aws-sdk/client-lambda';
import type { Lambda } from '../../../src/runtime/aws/lambda';
import { withOurErrors } from './errors';

export class LambdaClient implements Lambda {
  private readonly client: Sdk;

  constructor(config: LambdaClientConfig = {}) {
    this.client = new Sdk(config);
  }

  invoke: Lambda['invoke'] = async ({ Payload, ...input }) => {
    const command = new InvokeCommand({ ...input, Payload: Payload && Buffer.from(Payload) });
    const { StatusCode = 0, FunctionError, Payload: answer } = await withOurErrors(this.client.send(command));
    return { StatusCode, FunctionError, Payload: answer ?? new Uint8Array() };
  };
}
