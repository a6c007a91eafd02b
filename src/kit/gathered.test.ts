import { afterEach, describe, expect, test, vi } from 'vitest';
import { gathered } from './gathered.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('questions that are gathered', () => {
  test('those of one turn go together, then those that come meanwhile, and each gets its own answer', async () => {
    const calls: (readonly number[])[] = [];
    const finish: (() => void)[] = [];
    const double = gathered<number, number>(async (asks) => {
      calls.push(asks);
      await new Promise<void>((resolve) => finish.push(resolve));
      return asks.map((ask) => (ask === 13 ? null : ask * 2));
    });
    const first = [double(1), double(4)];
    await expect.poll(() => finish.length).toBe(1);
    const others = [double(2), double(13), double(3)];
    finish.shift()?.();
    expect(await Promise.all(first)).toEqual([2, 8]);
    await expect.poll(() => finish.length).toBe(1);
    finish.shift()?.();
    expect(await Promise.all(others)).toEqual([4, null, 6]);
    expect(calls).toEqual([
      [1, 4],
      [2, 13, 3],
    ]);
  });

  test('a call that fails refuses only those in it', async () => {
    let isBroken = true;
    const ask = gathered<string, string>(async (asks) => {
      if (isBroken) throw new Error('away');
      return asks;
    });
    await expect(ask('a')).rejects.toThrow('away');
    isBroken = false;
    expect(await ask('b')).toBe('b');
  });

  test('more than one call takes are asked in several', async () => {
    const sizes: number[] = [];
    const ask = gathered<number, number>(async (asks) => {
      sizes.push(asks.length);
      return asks;
    });
    const all = Array.from({ length: 1200 }, (_, i) => i);
    expect(await Promise.all(all.map(ask))).toEqual(all);
    expect(sizes).toEqual([500, 500, 200]);
  });

  test('calls of several asks begin apart where that was wanted, and who asks alone waits for nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    const calls: (readonly number[])[] = [];
    const ask = gathered<number, number>(
      async (asks) => {
        calls.push(asks);
        return asks;
      },
      { apart: 20 },
    );
    await ask(1);
    await ask(2);
    expect(calls).toEqual([[1], [2]]);

    await Promise.all([ask(3), ask(4)]);
    const late = [ask(5)];
    await new Promise((resolve) => setImmediate(resolve));
    late.push(ask(6));
    await vi.advanceTimersByTimeAsync(19);
    expect(calls).toEqual([[1], [2], [3, 4]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.all(late)).toEqual([5, 6]);
    expect(calls.at(-1)).toEqual([5, 6]);

    await vi.advanceTimersByTimeAsync(20);
    await ask(7);
    expect(calls.at(-1)).toEqual([7]);
  });
});
