import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinct } from './distinct.ts';

test('each key is there once, in the order in which they came, and each thing knows its place', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', '__proto__'), n: fc.nat() })), (all) => {
      const { different, places } = distinct(all, ({ key }) => key);
      expect(different.map(({ key }) => key)).toEqual([...new Set(all.map(({ key }) => key))]);
      expect(places.map((place) => different[place]?.key)).toEqual(all.map(({ key }) => key));
    }),
  );
});
