/** What was measured, as text for a terminal. */
import { quantile } from '../quantile.ts';
import type { Column, Figures } from './work.ts';

export interface Row {
  name: string;
  runs: readonly Figures[];
}

/** The middle of the runs; of an even number, the lower one of the two. */
export function median(runs: readonly Figures[], key: string): number {
  return quantile(
    runs.map((run) => run[key] ?? Number.NaN),
    0.5,
  );
}

/** With three significant digits, and thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** A line for each contender; where runs differ, the median and in brackets the least and the most. */
export function table(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = [
    ['', ...columns.map(({ label }) => label)],
    ...rows.map((row) => [row.name, ...columns.map(({ key }) => cell(row.runs, key))]),
  ];
  return aligned(lines);
}

function cell(runs: readonly Figures[], key: string): string {
  const values = runs.map((run) => run[key] ?? Number.NaN);
  const [least, most] = [figure(Math.min(...values)), figure(Math.max(...values))];
  return least === most ? least : `${figure(median(runs, key))} (${least}–${most})`;
}

/** How many times better the first is than each of the others, in whatever one can be better at. */
export function ratios(columns: readonly Column[], [first, ...others]: readonly Row[]): string {
  const compared = columns.filter(({ better, mustBeZero }) => better !== 'neither' && !mustBeZero);
  if (!first || others.length === 0 || compared.length === 0) return '';
  const lines = others.map(({ name, runs }) => [
    `${first.name} : ${name}`,
    ...compared.map(({ key, better }) => times(median(first.runs, key), median(runs, key), better)),
  ]);
  return aligned([['times better', ...compared.map(({ label }) => label)], ...lines]);
}

function times(ours: number, theirs: number, better: Column['better']): string {
  const ratio = better === 'higher' ? ours / theirs : theirs / ours;
  return Number.isFinite(ratio) && ratio > 0 ? `${figure(ratio)}×` : '–';
}

function aligned(lines: readonly string[][]): string {
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
