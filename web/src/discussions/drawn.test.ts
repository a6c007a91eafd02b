import { expect, test } from 'vitest';
import { around, fromBeginning, held, moreAfter, moreBefore, rangeOf, toEnd } from './drawn.ts';

const rows = Array.from({ length: 500 }, (_, i) => ({ number: i + 2 }));

test('a list begins at its beginning and grows towards its end', () => {
  expect(rangeOf(fromBeginning, rows)).toEqual({ from: 0, to: 40 });
  expect(rangeOf(moreAfter(fromBeginning), rows)).toEqual({ from: 0, to: 100 });
  expect(rangeOf(toEnd(fromBeginning), rows)).toEqual({ from: 0, to: 500 });
});

test('a row far behind is drawn with its neighbours, and grows both ways from there', () => {
  const there = around(fromBeginning, rows, 402);
  expect(rangeOf(there, rows)).toEqual({ from: 380, to: 420 });
  expect(rangeOf(moreBefore(there, rows), rows)).toEqual({ from: 320, to: 420 });
  expect(rangeOf(moreAfter(there), rows)).toEqual({ from: 380, to: 480 });
  expect(around(there, rows, 410)).toBe(there);
  expect(around(there, rows, 9999)).toBe(there);
});

test('what comes before the first drawn row moves nothing', () => {
  const there = around(fromBeginning, rows, 402);
  const older = [...Array.from({ length: 200 }, (_, i) => ({ number: -i })), ...rows];
  expect(rangeOf(there, older)).toEqual({ from: 580, to: 620 });
});

test('a beginning that is held stays when older rows are loaded before it', () => {
  const older = [{ number: 0 }, { number: 1 }, ...rows];
  expect(rangeOf(held(fromBeginning, rows), older)).toEqual({ from: 2, to: 42 });
});

test('a few rows before the first drawn one are not left behind', () => {
  expect(rangeOf(moreBefore(around(fromBeginning, rows, 92), rows), rows)).toEqual({ from: 0, to: 110 });
});

test('back at the beginning it is anchored to nothing', () => {
  expect(moreBefore(around(fromBeginning, rows, 62), rows)).toEqual({ first: null, count: 80 });
});
