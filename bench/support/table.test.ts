import { expect, test } from 'vitest';
import { figure, median, ratios, table } from './table.ts';
import type { Column } from './work.ts';

const columns: Column[] = [
  { key: 'rate', label: 'a second', better: 'higher' },
  { key: 'p99', label: 'p99 ms', better: 'lower' },
  { key: 'lost', label: 'lost', better: 'lower', mustBeZero: true },
];
const rows = [
  {
    name: 'plaza',
    runs: [
      { rate: 3000, p99: 2, lost: 0 },
      { rate: 1000, p99: 2, lost: 0 },
      { rate: 2000, p99: 2, lost: 0 },
    ],
  },
  { name: 'other', runs: [{ rate: 500, p99: 10, lost: 3 }] },
];

test('cells have the median with the least and the most, or one figure where all are the same', () => {
  expect(table(columns, rows)).toBe(
    [
      '                  a second  p99 ms  lost',
      'plaza  2,000 (1,000–3,000)       2     0',
      'other                  500      10     3',
    ].join('\n'),
  );
});

test('ratios say how many times better the first is, whichever way better is', () => {
  expect(ratios(columns, rows)).toBe(['times better   a second  p99 ms', 'plaza : other        4×      5×'].join('\n'));
  expect(ratios(columns, rows.slice(0, 1))).toBe('');
});

test('figures have three digits or so, and what was not measured is a dash', () => {
  expect([1_234_567.8, 42.42, 2.34567, 7, Number.NaN].map(figure)).toEqual(['1,234,568', '42.4', '2.35', '7', '–']);
  expect(median([], 'p99')).toBe(0);
});
