/** A value that can be watched. Each change is a new value, so that views compare by identity. */
export interface Store<T> {
  readonly value: T;
  /** Calls back after every change until the returned function is called. */
  subscribe(listener: (value: T) => void): () => void;
}

export interface WritableStore<T> extends Store<T> {
  set(value: T): void;
  /** All that is set meanwhile is one change: listeners hear once, at the end. */
  gather(work: () => void): void;
}

export function createStore<T>(initial: T): WritableStore<T> {
  const listeners = new Set<(value: T) => void>();
  let value = initial;
  let told = initial;
  let gathering = 0;

  function tell(): void {
    if (value === told || gathering > 0) return;
    told = value;
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
  }

  return {
    get value() {
      return value;
    },
    set(next) {
      value = next;
      tell();
    },
    gather(work) {
      gathering++;
      try {
        work();
      } finally {
        gathering--;
        tell();
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
