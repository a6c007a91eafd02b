import { PlazaError } from '../../../contracts/errors.ts';
import type { Context } from './context.ts';

/** The longest that a timer can wait. */
const longestWait = 2 ** 31 - 1;

/**
 * The same events, which end with the caller's token, when the caller goes away, and when the server drains. Its
 * `return` ends a waiting `next`, so that nobody who left is waited for.
 */
export function endsWith<T>(
  { until, signal, subscriptions }: Pick<Context, 'until' | 'signal' | 'subscriptions'>,
  events: AsyncIterable<T>,
): AsyncGenerator<T, undefined> {
  const source = events[Symbol.asyncIterator]();
  let reason: PlazaError | null = null;
  let ended = false;
  subscriptions.open++;
  const timer =
    until === null
      ? undefined
      : setTimeout(() => stop(new PlazaError('token_expired')), Math.min(Math.max(0, until - Date.now()), longestWait));
  const aborted = () => stop(signal.reason instanceof PlazaError ? signal.reason : null);
  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted, { once: true });

  function stop(why: PlazaError | null): void {
    reason ??= why;
    // What it throws as it ends is of no use to anybody: nobody waits for it any more.
    finish().catch(() => {});
  }
  async function finish(): Promise<void> {
    if (ended) return;
    ended = true;
    subscriptions.open--;
    clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
    await source.return?.();
  }
  function end(): IteratorReturnResult<undefined> {
    const why = reason;
    reason = null;
    if (why !== null) throw why;
    return { done: true, value: undefined };
  }

  return {
    async next() {
      if (ended) return end();
      try {
        const event = await source.next();
        if (event.done !== true && !ended) return { done: false, value: event.value };
      } catch (error) {
        await finish();
        throw error;
      }
      await finish();
      return end();
    },
    async return() {
      await finish();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await finish();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      await finish();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
