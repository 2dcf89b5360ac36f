import type { IncomingHttpHeaders } from 'node:http';

export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  return (headers['x-amzn-requestid'] ?? headers['x-amz-request-id']) as string | undefined;
}

/** How long the service asks to wait: in milliseconds, in seconds, or until a date. */
export function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  const milliseconds = headers['x-amz-retry-after'] as string | undefined;
  const wait = headers['retry-after'];
  if (wait === undefined) return milliseconds === undefined ? undefined : finite(Number(milliseconds));
  return finite(/^\d+(\.\d+)?$/.test(wait) ? Number(wait) * 1000 : Date.parse(wait) - Date.now());
}

function finite(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : undefined;
}
