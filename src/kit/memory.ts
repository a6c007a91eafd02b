import { LRUCache } from 'lru-cache';

/**
 * Things remembered by key until told to forget. What was loaded before `forget` is never kept after it: neither when
 * the load was still under way, nor for a moment afterwards, because word of a commit can arrive a blink before other
 * transactions see its rows.
 */
export interface Memory<V> {
  get(key: string): V | undefined;
  /** To be called before loading; the function it gives keeps what was loaded, if it is still to be trusted. */
  loading(): (key: string, value: V) => void;
  forget(key: string): void;
  forgetAll(): void;
  /** Off: everything is forgotten and nothing is kept until it is on again. */
  remember(on: boolean): void;
}

/** How long after `forget` a freshly loaded value is not kept, in milliseconds. */
const settling = 1_000;

/** @param max values kept at most; those unused for longest go first */
export function createMemory<V extends object>(max: number): Memory<V> {
  const kept = new LRUCache<string, V>({ max });
  const unsettled = new LRUCache<string, true>({ max, ttl: settling });
  let allUnsettledUntil = 0;
  let generation = 0;
  let on = true;

  const memory: Memory<V> = {
    get: (key) => kept.get(key),
    loading() {
      const began = generation;
      return (key, value) => {
        if (on && generation === began && performance.now() >= allUnsettledUntil && !unsettled.has(key)) kept.set(key, value);
      };
    },
    forget(key) {
      generation++;
      kept.delete(key);
      unsettled.set(key, true);
    },
    forgetAll() {
      generation++;
      kept.clear();
      allUnsettledUntil = performance.now() + settling;
    },
    remember(next) {
      on = next;
      memory.forgetAll();
    },
  };
  return memory;
}
