import { describe, expect, it } from 'vitest';
import { stepsTo } from './steps.ts';

const list = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => ({ id: String(from + index) }));
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => Number(id));

describe('steps of a virtual list', () => {
  it('takes a change at the end as it is', () => {
    expect(stepsTo(list(1, 3), list(1, 5))).toEqual([{ rows: list(1, 5), shift: false, fresh: false }]);
    expect(stepsTo(list(1, 5), list(1, 3))).toEqual([{ rows: list(1, 3), shift: false, fresh: false }]);
  });

  it('shifts when rows come or go at the start', () => {
    expect(stepsTo(list(4, 6), list(1, 6))).toEqual([{ rows: list(1, 6), shift: true, fresh: false }]);
    expect(stepsTo(list(1, 6), list(4, 6))).toEqual([{ rows: list(4, 6), shift: true, fresh: false }]);
  });

  it('changes the end first and then the start where both changed', () => {
    const back = stepsTo(list(11, 30), list(1, 25));
    expect(back.map(({ rows, shift }) => [ids(rows)[0], ids(rows).at(-1), shift])).toEqual([
      [11, 25, false],
      [1, 25, true],
    ]);
    const forth = stepsTo(list(1, 20), list(6, 30));
    expect(forth.map(({ rows, shift }) => [ids(rows)[0], ids(rows).at(-1), shift])).toEqual([
      [1, 30, false],
      [6, 30, true],
    ]);
  });

  it('begins anew where nothing is left', () => {
    expect(stepsTo(list(1, 3), list(7, 9))).toEqual([{ rows: list(7, 9), shift: false, fresh: true }]);
    expect(stepsTo([], list(7, 9))).toEqual([{ rows: list(7, 9), shift: false, fresh: true }]);
  });
});
