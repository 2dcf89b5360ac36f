import { SFNClient, type SFNClientConfig, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StepFunctions } from '../../../src/runtime/aws/sfn';
import { withOurErrors } from './errors';

export class StepFunctionsClient implements StepFunctions {
  private readonly client: SFNClient;

  constructor(config: SFNClientConfig = {}) {
    this.client = new SFNClient(config);
  }

  startExecution: StepFunctions['startExecution'] = async (input) => {
    const { executionArn = '' } = await withOurErrors(this.client.send(new StartExecutionCommand(input)));
    return { executionArn };
  };
}
