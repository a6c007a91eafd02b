import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPages } from './pages.ts';
import { createWheel } from './wheel.ts';

// What was read is young for a second.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());
const wheel = createWheel();
afterAll(() => wheel.stop());

/** Pages of one channel that has come to `head`; `told` is what the feed told so far. */
function ground() {
  const state = { head: 5, told: 5, reads: 0, gap: false, away: false };
  const pages = createPages({
    wheel,
    hub: { version: () => state.told },
    conversations: {
      async changed() {
        state.reads++;
        const changes = { version: state.head, gap: state.gap };
        await Promise.resolve();
        if (state.away) throw new Error('away');
        return changes;
      },
    },
  });
  return { state, pages };
}

test('who come from the same place are given one reading', async () => {
  const { state, pages } = ground();
  const [one, two] = await Promise.all([pages.since('7', 2), pages.since('7', 2)]);
  expect(two).toBe(one);
  vi.advanceTimersByTime(999);
  expect(await pages.since('7', 2)).toBe(one);
  expect(state.reads).toBe(1);
  expect(await pages.since('7', 3)).not.toBe(one);
  expect(await pages.since('8', 2)).not.toBe(one);
  expect(state.reads).toBe(3);
  vi.advanceTimersByTime(1);
  expect(await pages.since('7', 2)).not.toBe(one);
});

test('[L12] once anything newer was told it is read anew, also for who waited meanwhile', async () => {
  const { state, pages } = ground();
  const before = await pages.since('7', 2);
  state.head = 6;
  // Written, but not told yet: it will be, to all who listen now.
  expect(await pages.since('7', 2)).toBe(before);
  state.told = 6;
  const [one, two] = await Promise.all([pages.since('7', 2), pages.since('7', 2)]);
  expect([one.version, two]).toEqual([6, one]);
  expect(state.reads).toBe(2);
  const waited = [pages.since('8', 0), pages.since('8', 0)];
  state.told = 7;
  state.head = 7;
  const [first, second] = await Promise.all(waited);
  // The first began to read before, as ever; the hub tells it that it is behind.
  expect([first?.version, second?.version]).toEqual([6, 7]);
});

test('what is not all of it, or could not be read, is not given to others', async () => {
  const { state, pages } = ground();
  state.gap = true;
  await pages.since('7', 2);
  await pages.since('7', 2);
  expect(state.reads).toBe(2);
  state.gap = false;
  state.away = true;
  await expect(pages.since('9', 2)).rejects.toThrow('away');
  state.away = false;
  expect(await pages.since('9', 2)).toMatchObject({ version: 5 });
});
