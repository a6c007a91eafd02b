import { RareMap } from './rare.ts';

/**
 * Work that keeps the order in which it came, for each key; work of other keys does not wait. The next begins when the one
 * before is over, or says that the next may begin.
 */
export class Order {
  readonly #tails = new RareMap<string, Promise<void>>();

  async keep<T>(key: string, work: (next: () => void) => Promise<T>): Promise<T> {
    let next = () => {};
    const tail = new Promise<void>((resolve) => {
      next = resolve;
    });
    const before = this.#tails.get(key);
    this.#tails.set(key, tail);
    try {
      if (before !== undefined) await before;
      return await work(next);
    } finally {
      next();
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
