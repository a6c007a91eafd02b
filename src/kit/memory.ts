import { LRUCache } from 'lru-cache';

/** Things remembered by key until told to forget. */
export interface Memory<V> {
  get(key: string): V | undefined;
  /**
   * To be called before loading; the function it gives keeps what was loaded, unless something was forgotten meanwhile:
   * then the load may be older than that and is not kept.
   */
  loading(): (key: string, value: V) => void;
  forget(key: string): void;
  forgetAll(): void;
  /** Off, as in the beginning: everything is forgotten and nothing is kept until it is on. */
  remember(on: boolean): void;
}

/** @param max values kept at most; those unused for longest go first */
export function createMemory<V extends object>(max: number): Memory<V> {
  const kept = new LRUCache<string, V>({ max });
  let generation = 0;
  let remembering = false;

  function forgetAll(): void {
    generation++;
    kept.clear();
  }

  return {
    get: (key) => kept.get(key),
    loading() {
      const began = generation;
      return (key, value) => {
        if (remembering && generation === began) kept.set(key, value);
      };
    },
    forget(key) {
      generation++;
      kept.delete(key);
    },
    forgetAll,
    remember(on) {
      remembering = on;
      forgetAll();
    },
  };
}
