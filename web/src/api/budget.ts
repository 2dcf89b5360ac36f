/** What the browser gives; a test gives something else. */
export interface Surroundings {
  fetch(request: Request, init: RequestInit): Promise<Response>;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds, of a clock that nobody sets. */
  now(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
}

const TOTAL_MS = 20_000;
const ATTEMPT_MS = 10_000;
const RETRIES = 2;
const FIRST_WAIT_MS = 300;

/** Statuses by which a service says that it did nothing, when it says as well when to come again. */
const PASSING = [429, 503];

const browser: Surroundings = {
  fetch: (request, init) => fetch(request, init),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: () => performance.now(),
  random: Math.random,
};

/**
 * What one action of a visitor may cost, however many requests it is made of: some seconds, and a few requests sent
 * again. The service has a budget of its own behind each request, so more patience here would only multiply the two.
 */
export class Budget {
  private readonly deadline: number;
  private retriesLeft = RETRIES;

  constructor(private readonly its: Surroundings = browser) {
    this.deadline = its.now() + TOTAL_MS;
  }

  /** Sends a request, and again where that is safe: as the `fetch` of one or more calls. */
  readonly fetch = async (request: Request): Promise<Response> => {
    for (;;) {
      const answer = await this.attempt(request).catch((error: Error) => error);
      const wait = waitAsked(answer);
      if (wait === undefined || !isRepeatable(request) || !(await this.retry(wait))) {
        if (answer instanceof Response) return answer;
        throw answer;
      }
    }
  };

  /**
   * Waits before something is tried again.
   *
   * @returns false at once when nothing is left to try it with
   */
  async retry(atLeastMs = 0): Promise<boolean> {
    const shortest = Math.max(atLeastMs, FIRST_WAIT_MS * 2 ** (RETRIES - this.retriesLeft));
    const wait = shortest * (1 + this.its.random() / 2);
    if (this.retriesLeft === 0 || wait >= this.left()) return false;
    this.retriesLeft -= 1;
    await this.its.sleep(wait);
    return true;
  }

  /** The answer with all of its body, since a connection may be lost in the middle of it. */
  private async attempt(request: Request): Promise<Response> {
    const signal = AbortSignal.timeout(Math.max(Math.min(ATTEMPT_MS, this.left()), 0));
    const answer = await this.its.fetch(request.clone(), { signal });
    const body = answer.status === 204 ? null : await answer.arrayBuffer();
    return new Response(body, answer);
  }

  private left(): number {
    return this.deadline - this.its.now();
  }
}

/** Milliseconds after which the request may be sent again; undefined when the answer is to be taken. */
function waitAsked(answer: Response | Error): number | undefined {
  if (!(answer instanceof Response)) return 0;
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return PASSING.includes(answer.status) && seconds >= 0 ? seconds * 1000 : undefined;
}

/**
 * Whether a request may be sent twice though the first may have arrived. One that changes a certain version may not: it
 * would be refused for the change that it made itself. An empty cart that nobody knows expires, so opening two is no harm.
 */
function isRepeatable({ method, headers, url }: Request): boolean {
  if (headers.has('if-match')) return false;
  if (['GET', 'PUT', 'DELETE'].includes(method)) return true;
  return headers.has('idempotency-key') || url.endsWith('/carts');
}
