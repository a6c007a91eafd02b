/**
 * Work that keeps the order in which it came, for each key; work of other keys does not wait. The next begins when the one
 * before is over, or says that the next may begin.
 */
export function createOrder(): <T>(key: string, work: (next: () => void) => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<void>>();
  return async (key, work) => {
    let next = () => {};
    const tail = new Promise<void>((resolve) => {
      next = resolve;
    });
    const before = tails.get(key);
    tails.set(key, tail);
    try {
      if (before !== undefined) await before;
      return await work(next);
    } finally {
      next();
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
