import { afterEach, expect, test, vi } from 'vitest';
import { PlazaError } from '../../contracts/errors.ts';
import { createLanes } from './lanes.ts';

/** One lane whose groups end when `finish` says so, and what it was given. */
function oneLane({ groupSize = 10, bound = 100, apartMs = 0 } = {}) {
  const groups: (readonly number[])[] = [];
  const under: (() => void)[] = [];
  const lanes = createLanes<number, number>({
    ...{ lanes: 1, groupSize, bound, apartMs },
    async run(items) {
      groups.push(items);
      await new Promise<void>((resolve) => under.push(resolve));
      return items.map((item) => (item === 13 ? new PlazaError('forbidden') : item * 2));
    },
  });
  const add = (item: number) => lanes.add('key', item, (result) => result);
  const end = () => under.shift()?.();
  async function finish(): Promise<void> {
    await expect.poll(() => under.length).toBe(1);
    end();
  }
  return { lanes, add, end, finish, given: () => groups };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  vi.useRealTimers();
});

test('what comes while a group runs goes together into the next, each is answered, and one that is refused stands alone', async () => {
  const { add, finish, given } = oneLane();
  const first = add(1);
  await expect.poll(given).toEqual([[1]]);
  const others = Promise.allSettled([add(2), add(13), add(3)]);
  await finish();
  expect(await first).toBe(2);
  await finish();
  expect((await others).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.code))).toEqual([4, 'forbidden', 6]);
  expect(given()).toEqual([[1], [2, 13, 3]]);
});

test('one who comes alone again and again waits for nothing; after a group of several the next begins apart, with all who came', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  const { add, end, given } = oneLane({ apartMs: 500 });
  for (const item of [1, 2, 3]) {
    const answer = add(item);
    await turn();
    end();
    await answer;
  }
  const several = [add(4), add(5)];
  await turn();
  end();
  await Promise.all(several);
  const late = [add(6)];
  await turn();
  late.push(add(7));
  await vi.advanceTimersByTimeAsync(499);
  expect(given()).toEqual([[1], [2], [3], [4, 5]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(given().at(-1)).toEqual([6, 7]);
  end();
  await Promise.all(late);
});

test('a group that is full does not wait', async () => {
  const { add, finish, given } = oneLane({ groupSize: 2, apartMs: 60_000 });
  const all = Promise.all([1, 2, 3, 4].map(add));
  await finish();
  await finish();
  expect(await all).toEqual([2, 4, 6, 8]);
  expect(given()).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('a lane that is full takes no more; one that drains answers all it has taken, also those that wait', async () => {
  const { lanes, add, finish } = oneLane({ bound: 2, apartMs: 20 });
  const running = add(1);
  await expect.poll(() => lanes.counts()).toEqual({ waiting: 0, running: 1 });
  const waiting = [add(2), add(3)];
  await expect(add(4)).rejects.toMatchObject({ code: 'unavailable' });
  const drained = lanes.drain();
  await expect(add(5)).rejects.toMatchObject({ code: 'unavailable' });
  await finish();
  await finish();
  expect(await Promise.all([running, ...waiting])).toEqual([2, 4, 6]);
  await drained;
});
