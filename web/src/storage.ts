/** One text that this browser keeps for all tabs of the shop. */
export interface Slot {
  read(): string | null;
  write(text: string): void;
  clear(): void;
}

/** A slot of the browser's storage; of this page's memory where the visitor allows no storage. */
export function slot(key: string): Slot {
  let inMemory: string | null = null;
  return {
    read: () => withStorage((storage) => storage.getItem(key)) ?? inMemory,
    write: (text) => {
      const isKept = withStorage((storage) => {
        storage.setItem(key, text);
        return true;
      });
      // Only what could not be kept: another tab may clear what is kept, and this one must not remember it.
      inMemory = isKept ? null : text;
    },
    clear: () => {
      inMemory = null;
      withStorage((storage) => storage.removeItem(key));
    },
  };
}

function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
