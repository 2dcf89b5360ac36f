import { useCallback, useEffect, useState } from 'preact/hooks';
import { ShopProblem } from './api/client';

export type Resource<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly data: T }
  | { readonly state: 'failed'; readonly problem: ShopProblem; readonly retry: () => void };

/** Answers of this visit by key, so that a page gone back to is there at once. */
const known = new Map<string, unknown>();
const MAX_KNOWN = 200;

/**
 * Loads what a page shows. What was loaded before under the same key is shown at once, and renewed.
 *
 * @param key undefined when there is nothing to load yet
 */
export function useResource<T>(key: string | undefined, load: () => Promise<T>): Resource<T> {
  const [{ of, resource }, set] = useState<{ of: string | undefined; resource: Resource<T> }>(() => initial(key));
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((it) => it + 1), []);

  useEffect(() => {
    if (key === undefined) return undefined;
    let wanted = true;
    set(initial(key));
    load().then(
      (data) => {
        remember(key, data);
        if (wanted) set({ of: key, resource: { state: 'ready', data } });
      },
      (error: unknown) => {
        const problem = error instanceof ShopProblem ? error : new ShopProblem('unavailable');
        if (wanted) set({ of: key, resource: { state: 'failed', problem, retry } });
      },
    );
    return () => {
      wanted = false;
    };
    // `load` is told apart by its key.
  }, [key, attempt, retry]);

  return of === key ? resource : initial<T>(key).resource;
}

export function remember(key: string, data: unknown): void {
  known.delete(key);
  known.set(key, data);
  if (known.size > MAX_KNOWN) known.delete(known.keys().next().value as string);
}

export function recall<T>(key: string): T | undefined {
  return known.get(key) as T | undefined;
}

function initial<T>(key: string | undefined): { of: string | undefined; resource: Resource<T> } {
  const data = key === undefined ? undefined : recall<T>(key);
  return { of: key, resource: data === undefined ? { state: 'loading' } : { state: 'ready', data } };
}
