import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { exchange } from '../../runtime/aws/transport';
import { systemClock } from '../../runtime/clock';
import { type Patience, retry } from '../../runtime/retry';

/** In milliseconds. */
const TIME_LIMITS = { connect: 5000, whole: 10_000 };

/** Without an answer a deployment waits an hour, so one that does not arrive is given again. */
const UNTIL_TOLD: Patience = { attempts: 5, firstWaitMs: 500, longestWaitMs: 4000 };

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
  const url = new URL(ResponseURL);
  // The address is signed for a request without a content type.
  const headers = { host: url.host, 'content-length': Buffer.byteLength(body) };
  const request = { url, method: 'PUT', path: url.pathname + url.search, headers, body };
  const { status } = await retry(systemClock, () => exchange(request, TIME_LIMITS), UNTIL_TOLD);
  if (status >= 300) throw new Error(`CloudFormation did not take the answer: HTTP ${status}`);
}
