/** Numbers that look like chance and are the same for the same seed, whatever the version of Node or of a library. */
export interface Chance {
  /** 0 ≤ x < 1. */
  next(): number;
  /** from ≤ x ≤ to, whole. */
  whole(from: number, to: number): number;
  /** True with this probability. */
  is(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** By weight; the weights need not add up to 1. */
  weighted<T>(from: readonly { value: T; weight: number }[]): T;
  /** Distinct ones, at most as many as there are. */
  some<T>(from: readonly T[], count: number): T[];
  /** Around `median`, a few much larger: e to the power of a normal distribution. */
  lognormal(median: number, spread: number): number;
  /** A place in a list of `size`: the first ones far more often than the last ones, nearly as 1, 1/2, 1/3 …. */
  zipf(size: number): number;
}

/** mulberry32, begun at the hash of all the given parts. */
export function createChance(...seed: readonly (string | number)[]): Chance {
  let state = hash(seed.join('/'));

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  function pick<T>(from: readonly T[]): T {
    const [first] = from;
    if (first === undefined) throw new Error('nothing to choose from');
    return from[Math.floor(next() * from.length)] ?? first;
  }

  function some<T>(from: readonly T[], count: number): T[] {
    if (count * 4 < from.length) {
      const places = new Set<number>();
      while (places.size < count) places.add(Math.floor(next() * from.length));
      return [...places].flatMap((place) => from.slice(place, place + 1));
    }
    return from
      .map((value) => ({ value, order: next() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, count)
      .map(({ value }) => value);
  }

  return {
    next,
    pick,
    some,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    is: (probability) => next() < probability,
    weighted(from) {
      let rest = next() * from.reduce((sum, { weight }) => sum + weight, 0);
      for (const { value, weight } of from) {
        rest -= weight;
        if (rest < 0) return value;
      }
      return pick(from).value;
    },
    lognormal(median, spread) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
    // The inverse of the sum of 1/k, the top a little flatter.
    zipf: (size) => Math.min(size - 1, Math.floor((size + 1) ** (next() ** 0.75)) - 1),
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
