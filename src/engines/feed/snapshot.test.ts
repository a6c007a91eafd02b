import { expect, test } from 'vitest';
import { formatLsn, parseLsn } from './lsn.ts';
import { parseSnapshot, sees } from './snapshot.ts';

test('a snapshot sees what ended before it began', () => {
  const snapshot = parseSnapshot('10:20:10,14');
  expect([9, 10, 13, 14, 19, 20, 21].map((xid) => sees(snapshot, xid))).toEqual([true, false, true, false, true, false, false]);
  expect(sees(parseSnapshot('20:20:'), 19)).toBe(true);
});

test('ids go round at 32 bits', () => {
  const snapshot = parseSnapshot(`${2n ** 32n - 2n}:${2n ** 32n + 3n}:${2n ** 32n - 2n},${2n ** 32n + 1n}`);
  expect([2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1, 0, 1, 2, 3].map((xid) => sees(snapshot, xid))).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('a place in the log is read and written as PostgreSQL does', () => {
  expect(parseLsn('16/B374D848')).toBe(0x16b374d848n);
  expect(formatLsn(0x16b374d848n)).toBe('16/B374D848');
  expect(formatLsn(parseLsn('0/0'))).toBe('0/0');
});
