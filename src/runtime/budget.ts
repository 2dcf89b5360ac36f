import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What one request, or one call of a worker, may spend on trying again. Clients, stores and handlers draw on the same
 * budget, so that their retries add up instead of multiplying, and all end before their caller gives up.
 */
export interface BudgetLimits {
  /** Time until the answer must be on its way. */
  readonly milliseconds: number;
  /** Attempts beyond the first ones, of all calls together. */
  readonly retries: number;
}

interface Budget {
  /** By the monotonic clock: a corrected system time must neither end nor prolong a request. */
  readonly deadline: number;
  retriesLeft: number;
}

const budgets = new AsyncLocalStorage<Budget>();

/** Runs something within a budget of its own. */
export function withBudget<T>({ milliseconds, retries }: BudgetLimits, run: () => Promise<T>): Promise<T> {
  return budgets.run({ deadline: performance.now() + milliseconds, retriesLeft: retries }, run);
}

/** Time that is left; without a budget there is no end to it. */
export function remainingMs(): number {
  const budget = budgets.getStore();
  return budget ? budget.deadline - performance.now() : Number.POSITIVE_INFINITY;
}

/**
 * Takes one retry out of the budget.
 *
 * @param waitMs that will pass before it
 * @returns false when none is left, or the time would be over by then
 */
export function takeRetry(waitMs = 0): boolean {
  const budget = budgets.getStore();
  if (!budget) return true;
  if (budget.retriesLeft === 0 || remainingMs() <= waitMs) return false;
  budget.retriesLeft--;
  return true;
}
