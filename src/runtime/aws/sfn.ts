import type { StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { JsonClient, type JsonService } from './json-protocol';
import type { ClientOptions } from './service-client';

export interface StepFunctions {
  /**
   * Starts a run. With a name the call is safe to repeat while the run goes on; a name whose run has ended is refused
   * with `ExecutionAlreadyExists`.
   */
  startExecution(input: StartExecutionCommandInput): Promise<{ executionArn: string }>;
}

export const STEP_FUNCTIONS: JsonService = {
  id: 'SFN',
  host: 'states',
  signing: 'states',
  fipsAsUsual: ['us-gov-west-1'],
  target: 'AWSStepFunctions',
  version: '1.0',
};

export class StepFunctionsClient implements StepFunctions {
  private readonly client: JsonClient;

  constructor(options?: ClientOptions) {
    this.client = new JsonClient(STEP_FUNCTIONS, options);
  }

  startExecution(input: StartExecutionCommandInput) {
    return this.client.call<{ executionArn: string }>('StartExecution', input);
  }
}
