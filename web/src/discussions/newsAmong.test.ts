import { expect, test } from 'vitest';
import { newsAmong, withNew } from './newsAmong.ts';

const head = (id: string, lastNumber: number) => ({ id, lastNumber });
const shown = [head('a', 5), head('b', 2)];

test.each([
  ['nothing happened', [head('a', 5), head('b', 2)], 0],
  ['one grew', [head('b', 3), head('a', 5)], 1],
  ['one is new', [head('c', 1), head('a', 5), head('b', 2)], 1],
  ['both', [head('c', 1), head('b', 4), head('a', 5)], 2],
  ['one that stood further down all the time', [head('a', 5), head('b', 2), head('z', 9)], 0],
])('%s', (_what, latest, count) => {
  expect(newsAmong(latest, shown)).toBe(count);
});

test('where nothing is shown, everything is new', () => {
  expect(newsAmong([head('a', 1)], [])).toBe(1);
});

test('what was heard of is news, whether the answer is from before it or from after', () => {
  const heard = [head('c', 1), head('d', 1)];
  const before = withNew(shown, heard);
  expect(before.map(({ id }) => id)).toEqual(['d', 'c', 'a', 'b']);
  expect(newsAmong(before, shown)).toBe(2);
  expect(newsAmong(withNew([head('d', 2), head('c', 1), ...shown], heard), shown)).toBe(2);
});
