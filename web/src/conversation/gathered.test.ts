import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';

test('what is asked for in one tick is fetched together, so many at once, and later asks anew', async () => {
  const asked: number[][] = [];
  const ask = gathered<number, string>(async (numbers) => {
    asked.push([...numbers]);
    return new Map(numbers.flatMap((number) => (number === 3 ? [] : [[number, `number ${number}`]])));
  }, 3);
  expect(await Promise.all([1, 2, 3, 4].map(ask))).toEqual(['number 1', 'number 2', undefined, 'number 4']);
  expect(await ask(5)).toBe('number 5');
  expect(asked).toEqual([[1, 2, 3], [4], [5]]);
});

test('what fails fails for all who asked, and can be asked for again', async () => {
  let isBroken = true;
  const ask = gathered<number, number>(async (numbers) => {
    if (isBroken) throw new Error('No connection.');
    return new Map(numbers.map((number) => [number, number]));
  }, 10);
  const both = await Promise.allSettled([ask(1), ask(2)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect(await ask(1)).toBe(1);
});
