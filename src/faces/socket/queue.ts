import type { PlazaError } from '../../../contracts/errors.ts';

/** Items on their way to one reader, who takes them when it likes. */
export interface Queue<T> {
  /** Items of so many bytes in all. False when the reader has fallen too far behind to be given any more. */
  push(items: readonly T[], bytes: number): boolean;
  /** Nothing comes any more; with an error, the reader is told at once, whatever still waits. */
  end(error?: PlazaError): void;
  /** Resolves when the reader has taken most of what was there. */
  drained(): Promise<void>;
  reader: AsyncIterableIterator<T>;
}

/** @param onReturn called once, when the reader leaves or was told of the end */
export function createQueue<T>(mostBytes: number, onReturn: () => void): Queue<T> {
  const items: { item: T; bytes: number }[] = [];
  let size = 0;
  let ended = false;
  let error: PlazaError | null = null;
  let wake = () => {};
  let relieve = () => {};

  function finish(): void {
    if (!ended) onReturn();
    ended = true;
    items.length = 0;
    wake();
    relieve();
  }

  async function next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const first = items.shift();
      if (first) {
        size -= first.bytes;
        if (size < mostBytes / 2) relieve();
        return { done: false, value: first.item };
      }
      if (error) {
        const told = error;
        error = null;
        throw told;
      }
      if (ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    push(more, bytes) {
      if (ended) return true;
      // What comes at once is taken whole: nobody could have read the first of it yet.
      if (size > mostBytes) return false;
      for (const item of more) items.push({ item, bytes: bytes / more.length });
      if (more.length > 0) size += bytes;
      wake();
      return true;
    },
    end(why) {
      if (ended) return;
      error = why ?? null;
      finish();
    },
    async drained() {
      while (!ended && size >= mostBytes / 2) {
        await new Promise<void>((resolve) => {
          relieve = resolve;
        });
      }
    },
    reader: {
      next,
      async return() {
        error = null;
        finish();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}
