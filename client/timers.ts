/** Timers by name: one that is set again replaces the one before, and all of them can be ended at once. */
export interface Timers {
  /** Does the work after so long, unless one of that name is already set. */
  once(name: string, ms: number, work: () => void): void;
  /** Does the work after so long, counted anew. */
  anew(name: string, ms: number, work: () => void): void;
  isSet(name: string): boolean;
  clear(name: string): void;
  clearAll(): void;
}

export function createTimers(): Timers {
  const set = new Map<string, ReturnType<typeof setTimeout>>();

  function clear(name: string): void {
    clearTimeout(set.get(name));
    set.delete(name);
  }

  function anew(name: string, ms: number, work: () => void): void {
    clear(name);
    const timer = setTimeout(() => {
      set.delete(name);
      work();
    }, ms);
    set.set(name, timer);
  }

  return {
    anew,
    once(name, ms, work) {
      if (!set.has(name)) anew(name, ms, work);
    },
    isSet: (name) => set.has(name),
    clear,
    clearAll() {
      for (const name of [...set.keys()]) clear(name);
    },
  };
}
