import { expect, it } from 'vitest';
import { createMarkCheck } from './markCheck.ts';
import { markedText } from './openLoop.ts';

const bodies = (...numbers: number[]) => Buffer.from(numbers.map((number) => markedText(number, 5n)).join(' '));

it.each([
  [[1, 2, 3], { lost: 0, doubled: 0, reordered: 0 }],
  [[1, 3], { lost: 1, doubled: 0, reordered: 0 }],
  [[1, 2, 2, 3], { lost: 0, doubled: 1, reordered: 0 }],
  [[1, 3, 2], { lost: 1, doubled: 0, reordered: 1 }],
])('%j of three', (numbers, found) => {
  const check = createMarkCheck();
  check.expect(1, 3);
  check.scan(bodies(...numbers));
  expect(check.counts()).toEqual(found);
});

it('takes other tildes for what they are', () => {
  const check = createMarkCheck();
  check.expect(7, 1);
  check.scan(Buffer.from('~ ~~ 12~00000000 ~0000000g.~ '));
  check.scan(bodies(7));
  expect(check.counts()).toEqual({ lost: 0, doubled: 0, reordered: 0 });
});
