import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

export interface Outcome {
  /** What the resource is known by from now on: when it changes, CloudFormation takes the one before away, last of all. */
  readonly physicalId: string;
  /** Why it failed; absent when it did not. */
  readonly failure?: Error;
}

/** Tells CloudFormation how it went. Until it is told, the deployment waits. */
export async function answerCloudFormation(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CloudFormationCustomResourceEvent,
  { physicalId, failure }: Outcome,
): Promise<void> {
  const body = JSON.stringify({
    Status: failure ? 'FAILED' : 'SUCCESS',
    Reason: failure?.message,
    PhysicalResourceId: physicalId,
    StackId,
    RequestId,
    LogicalResourceId,
  });
  // The address is signed for a request without a content type.
  const response = await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: HTTP ${response.status}`);
}
