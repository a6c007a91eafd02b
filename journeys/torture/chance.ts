/** Numbers that look random and are the same for the same seed: mulberry32. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  oneOf<T>(choices: readonly [T, ...T[]]): T;
  /** True in so many of 100 cases. */
  percent(cases: number): boolean;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return { next, whole, oneOf: (choices) => choices[whole(0, choices.length - 1)] ?? choices[0], percent: (cases) => next() * 100 < cases };
}
