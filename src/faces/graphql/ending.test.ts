import { expect, test } from 'vitest';
import { PlazaError } from '../../../contracts/errors.ts';
import { endsWith } from './ending.ts';

/** Events that come when told, from a source that says when it was let go. */
function source() {
  const waiting: ((event: IteratorResult<string>) => void)[] = [];
  const state = { let_go: 0 };
  const events: AsyncIterableIterator<string> = {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async return() {
      state.let_go++;
      for (const wake of waiting.splice(0)) wake({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return { events, state, tell: (value: string) => waiting.shift()?.({ done: false, value }) };
}

function start(until: number | null = null) {
  const ending = new AbortController();
  const subscriptions = { open: 0 };
  const from = source();
  return { ...from, ending, subscriptions, told: endsWith({ until, signal: ending.signal, subscriptions }, from.events) };
}

test('events pass, and leaving ends a waiting next at once', async () => {
  const { told, tell, state, subscriptions } = start();
  const first = told.next();
  tell('one');
  expect(await first).toEqual({ done: false, value: 'one' });
  expect(subscriptions.open).toBe(1);
  const second = told.next();
  await told.return(undefined);
  expect(await second).toEqual({ done: true, value: undefined });
  await told.return(undefined);
  expect([state.let_go, subscriptions.open]).toEqual([1, 0]);
});

test('a subscription ends with the token it was opened with', async () => {
  const { told, state } = start(Date.now() + 20);
  await expect(told.next()).rejects.toMatchObject({ code: 'token_expired' });
  expect([await told.next(), state.let_go]).toEqual([{ done: true, value: undefined }, 1]);
});

test('a drain is told as what it is, and one who went away is told nothing', async () => {
  const drained = start();
  const next = drained.told.next();
  drained.ending.abort(new PlazaError('unavailable'));
  await expect(next).rejects.toMatchObject({ code: 'unavailable' });
  const gone = start();
  gone.ending.abort();
  expect([await gone.told.next(), gone.state.let_go, gone.subscriptions.open]).toEqual([{ done: true, value: undefined }, 1, 0]);
});

test('what the source throws is thrown, and it is let go', async () => {
  const { told, events, state } = start();
  events.next = async () => {
    throw new PlazaError('not_found');
  };
  await expect(told.next()).rejects.toMatchObject({ code: 'not_found' });
  expect(state.let_go).toBe(1);
});
