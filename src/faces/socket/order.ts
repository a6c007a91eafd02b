import { RareMap } from './rare.ts';

/**
 * Work that keeps the order in which it came, for each key; work of other keys does not wait. The next begins when the one
 * before is over, or says that the next may begin.
 */
export class Order {
  readonly #tails = new RareMap<string, Promise<void>>();

  keep<T>(key: string, work: (next: () => void) => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    if (before !== undefined) {
      const next = this.#hold(key);
      const done = before.then(() => work(next));
      void done.then(next, next);
      return done;
    }
    let begun = false;
    let next = () => {};
    const done = work(() => {
      begun = true;
      next();
    });
    // Most work lets the next one begin at once: then nothing is kept of it.
    if (!begun) {
      next = this.#hold(key);
      void done.then(next, next);
    }
    return done;
  }

  /** Whoever comes after this waits until what it answers is called. */
  #hold(key: string): () => void {
    let release = () => {};
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(key, tail);
    return () => {
      release();
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    };
  }
}
