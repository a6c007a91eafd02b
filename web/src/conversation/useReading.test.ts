import { describe, expect, it } from 'vitest';
import { reached } from './useReading.ts';

describe('how far was read', () => {
  it('goes on with what is scrolled past', () => {
    const one = reached(10, { first: 8, last: 20, isEnd: false });
    expect(one).toBe(20);
    expect(reached(one, { first: 21, last: 33, isEnd: false })).toBe(33);
    expect(reached(33, { first: 5, last: 12, isEnd: false })).toBe(33);
  });

  it('does not count what a jump leaves out, until the end is there', () => {
    expect(reached(10, { first: 500, last: 510, isEnd: false })).toBe(10);
    expect(reached(10, { first: 500, last: 510, isEnd: true })).toBe(510);
  });
});
