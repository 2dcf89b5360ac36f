import { LocalCloudError } from './errors';

/** The launcher's own paths beside the AWS ones (python/control.py). */
export async function control<T>(endpoint: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${endpoint}/_local/${path}`, {
    method: body === undefined ? 'GET' : 'PUT',
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new LocalCloudError(`the local cloud refused ${path}: ${await answer.text()}`);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
