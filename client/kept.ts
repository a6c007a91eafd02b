/** What outlives a page, such as a browser's `localStorage`. */
export interface Storage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** Things by id, kept in a storage that several tabs may share: each change is made to what is there at that moment. */
export interface Kept<T> {
  all(): Record<string, T>;
  put(id: string, thing: T): void;
  drop(id: string): void;
}

/** @param storage without one nothing is kept */
export function createKept<T>(storage: Storage | undefined, key: string): Kept<T> {
  function all(): Record<string, T> {
    try {
      return { ...JSON.parse(storage?.get(key) ?? '{}') };
    } catch {
      // Not written by us; what we write replaces it.
      return {};
    }
  }

  function change(by: (things: Record<string, T>) => void): void {
    if (storage === undefined) return;
    const things = all();
    by(things);
    try {
      if (Object.keys(things).length === 0) storage.remove(key);
      else storage.set(key, JSON.stringify(things));
    } catch {
      // The storage is full or forbidden: it is in memory all the same, and is sent from there.
    }
  }

  return {
    all,
    put: (id, thing) =>
      change((things) => {
        things[id] = thing;
      }),
    drop(id) {
      if (storage !== undefined && Object.hasOwn(all(), id))
        change((things) => {
          delete things[id];
        });
    },
  };
}
