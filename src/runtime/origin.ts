import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerProblem } from './answer';
import { ORIGIN } from './contract';
import { optionalSetting } from './entry';
import { Refusal } from './refusal';

type Headers = APIGatewayProxyEventV2['headers'];

/**
 * Makes what is asked before anything else of a request: the answer to one that does not come through a distribution,
 * where the API's own address is closed; otherwise undefined.
 */
export function originGuard(): (headers: Headers) => APIGatewayProxyStructuredResultV2 | undefined {
  const taken = (optionalSetting(ORIGIN.SECRETS_ENV) ?? '').split(' ').filter(Boolean).map(digest);
  return (headers) => {
    const sent = digest(headers[ORIGIN.HEADER] ?? '');
    if (taken.length === 0 || taken.some((it) => timingSafeEqual(it, sent))) return undefined;
    return answerProblem(403, new Refusal('direct_access', 'This API answers at the address of its site only.'));
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
