/** A value that can be watched. Each change is a new value, so that views compare by identity. */
export interface Store<T> {
  readonly value: T;
  /** Calls back after every change until the returned function is called. */
  subscribe(listener: (value: T) => void): () => void;
}

export interface WritableStore<T> extends Store<T> {
  set(value: T): void;
}

export function createStore<T>(initial: T): WritableStore<T> {
  const listeners = new Set<(value: T) => void>();
  let value = initial;
  return {
    get value() {
      return value;
    },
    set(next) {
      if (next === value) return;
      value = next;
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          // A view's fault is the view's: it is told as any uncaught error, and the others still hear.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
