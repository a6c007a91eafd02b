const nothing: readonly never[] = [];

/** A set that is nearly always empty: then it costs three words, where an empty `Set` costs some 200 bytes. */
export class RareSet<T> {
  #items: Set<T> | null = null;

  get size(): number {
    return this.#items?.size ?? 0;
  }
  has(item: T): boolean {
    return this.#items?.has(item) ?? false;
  }
  add(item: T): void {
    this.#items ??= new Set();
    this.#items.add(item);
  }
  delete(item: T): void {
    if (this.#items?.delete(item) && this.#items.size === 0) this.#items = null;
  }
  clear(): void {
    this.#items = null;
  }
  [Symbol.iterator](): Iterator<T> {
    return (this.#items ?? nothing)[Symbol.iterator]();
  }
}

/** A map of the same kind. */
export class RareMap<K, V> {
  #items: Map<K, V> | null = null;

  get size(): number {
    return this.#items?.size ?? 0;
  }
  get(key: K): V | undefined {
    return this.#items?.get(key);
  }
  has(key: K): boolean {
    return this.#items?.has(key) ?? false;
  }
  set(key: K, value: V): void {
    this.#items ??= new Map();
    this.#items.set(key, value);
  }
  delete(key: K): void {
    if (this.#items?.delete(key) && this.#items.size === 0) this.#items = null;
  }
  clear(): void {
    this.#items = null;
  }
  keys(): Iterable<K> {
    return this.#items?.keys() ?? nothing;
  }
  values(): Iterable<V> {
    return this.#items?.values() ?? nothing;
  }
  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.#items ?? nothing)[Symbol.iterator]();
  }
}

/** A set of some tens of items, a word each, where a `Set` takes four. Going through it goes through those it began with. */
export class FewSet<T> {
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }
  has(item: T): boolean {
    return this.#items.includes(item);
  }
  /** Makes it just as long as it need be; one that is pushed to has room for half as many again, and sixteen. */
  add(item: T): void {
    if (!this.#items.includes(item)) this.#items = this.#items.concat([item]);
  }
  delete(item: T): void {
    this.#items = this.#items.filter((one) => one !== item);
  }
  [Symbol.iterator](): Iterator<T> {
    return [...this.#items][Symbol.iterator]();
  }
}

/** What is found by a key, nearly always one under each: that one stands there by itself, several in a set. */
export type Index<T> = Map<string, T | Set<T>>;

export function putInto<T extends object>(index: Index<T>, key: string | null | undefined, item: T): void {
  if (!key) return;
  const held = index.get(key);
  if (held === undefined) index.set(key, item);
  else if (held instanceof Set) held.add(item);
  else if (held !== item) index.set(key, new Set([held, item]));
}

export function takeFrom<T extends object>(index: Index<T>, key: string | null | undefined, item: T): void {
  if (!key) return;
  const held = index.get(key);
  if (held instanceof Set) held.delete(item);
  if (held === item || (held instanceof Set && held.size === 0)) index.delete(key);
}

export function allUnder<T extends object>(index: Index<T>, key: string): Iterable<T> {
  const held = index.get(key);
  if (held === undefined) return nothing;
  return held instanceof Set ? held : [held];
}

export function countUnder<T extends object>(index: Index<T>, key: string): number {
  const held = index.get(key);
  if (held === undefined) return 0;
  return held instanceof Set ? held.size : 1;
}
