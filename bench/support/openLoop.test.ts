import { expect, test } from 'vitest';
import { dueAt, mark, markedText, openLoop } from './openLoop.ts';

test('every send is made once, in order, none before it is due, and nothing is waited for', async () => {
  const sends: { k: number; early: boolean }[] = [];
  const { count, began } = await openLoop({
    rate: 2000,
    seconds: 0.05,
    send: (k, due) => sends.push({ k, early: process.hrtime.bigint() < due }),
  });
  expect(count).toBe(100);
  expect(sends.map(({ k }) => k)).toEqual(Array.from({ length: 100 }, (_, k) => k));
  expect(sends.some(({ early }) => early)).toBe(false);
  expect(dueAt(began, 2000, 2000) - began).toBe(1_000_000_000n);
});

test('a marked text has the length that is asked for, and room for its mark', () => {
  expect(mark(42, 255n)).toBe('~0000002a.00000000000000ff~');
  expect(markedText(1, 2n, 100)).toHaveLength(100);
  expect(markedText(1, 2n, 5)).toBe(mark(1, 2n));
});
