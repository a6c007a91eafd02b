import { expect, test } from 'vitest';
import { bars, slopes } from './chart.ts';
import type { Measured } from './record.ts';

const at = (readers: number): Measured => ({
  work: 'fanout',
  about: '',
  options: { readers },
  columns: [
    { key: 'cpu', label: 'CPU < all', better: 'lower' },
    { key: 'lost', label: 'lost', better: 'lower', mustBeZero: true },
  ],
  contenders: [
    { name: 'plaza', about: '', runs: [{ cpu: readers }] },
    { name: 'other', about: '', runs: [{ cpu: readers * 4 }] },
  ],
  skipped: [],
});

test('a bar is as long as its figure, the longest as wide as there is room; what must be 0 is not drawn', () => {
  const svg = bars(at(10));
  const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(2);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(4, 1);
  expect(svg).toContain('CPU &#60; all');
  expect(svg).not.toContain('lost');
});

test('a line for each contender goes through a dot for each value of the option', () => {
  const svg = slopes('readers', [at(10), at(100), at(1000)]);
  expect(svg.match(/class="line/g)).toHaveLength(2);
  const middles = [...svg.matchAll(/cx="(\d+)" cy="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  expect(middles).toHaveLength(6);
  // By powers of ten what grows evenly is a straight line.
  const [first, second, third] = middles;
  expect((second?.[0] ?? 0) - (first?.[0] ?? 0)).toBeCloseTo((third?.[0] ?? 0) - (second?.[0] ?? 0), -1);
});
