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

test('names of lines that lie on each other stand apart; what hardly changes is nearly level', () => {
  const same = (readers: number): Measured => ({
    ...at(readers),
    contenders: ['plaza', 'other', 'third'].map((name) => ({ name, about: '', runs: [{ cpu: 100 + readers / 100 }] })),
  });
  const svg = slopes('readers', [same(10), same(1000)]);
  const texts = [...svg.matchAll(/<text(?: class="quiet")? x="(\d+)" y="([\d.]+)"/g)].map(([, x, y]) => ({ x, y: Number(y) }));
  for (const { x, y } of texts) {
    const near = texts.filter((other) => other.x === x && Math.abs(other.y - y) < 13);
    expect(near).toHaveLength(1);
  }
  const dots = [...svg.matchAll(/cy="(\d+)"/g)].map(([, y]) => Number(y));
  expect(Math.max(...dots) - Math.min(...dots)).toBeLessThan(10);
});

test('names of lines that end at the bottom stay above the numbers of the axis, and a figure is not under another line', () => {
  const falling = (readers: number): Measured => ({
    ...at(readers),
    contenders: [100, 150].map((cpu, i) => ({ name: `line ${i}`, about: '', runs: [{ cpu: cpu / readers }] })),
  });
  const svg = slopes('readers', [falling(10), falling(100), falling(1000)]);
  const axis = Number(/class="axis" d="M\d+ (\d+)H/.exec(svg)?.[1]);
  const names = [...svg.matchAll(/y="(\d+)">line \d/g)].map(([, y]) => Number(y));
  expect(names).toHaveLength(2);
  for (const y of names) expect(y).toBeLessThan(axis);
  const second = [...svg.matchAll(/<circle class="dot first" cx="(\d+)" cy="(\d+)"/g)][1];
  const figure = [...svg.matchAll(/class="quiet" x="(\d+)" y="(\d+)" text-anchor="middle">1(?:\.0+)?</g)].find(
    ([, x]) => x === second?.[1],
  );
  // The other line lies above the dot here, so its figure stands below.
  expect(Number(figure?.[2])).toBeGreaterThan(Number(second?.[2]));
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
