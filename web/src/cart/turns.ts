type InTurn = <T>(change: () => Promise<T>) => Promise<T>;

/** How long a tab waits for its turn before it gives up: longer than any change takes. */
const PATIENCE_MS = 30_000;

/** One change after the other, of all tabs; of this tab alone where the browser knows no locks, as without HTTPS. */
export function inTurnOfAllTabs(name: string): InTurn {
  if (!navigator.locks) return inTurnOfThisTab();
  return (change) => navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, change);
}

export function inTurnOfThisTab(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const turn = last.then(change);
    last = turn.catch(() => undefined);
    return turn;
  };
}
