import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isId } from './page.ts';

const largest = 9_223_372_036_854_775_807n;

test('ids are the positive numbers of 64 bits, as they are written', () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt({ min: -10n, max: 2n ** 65n }), fc.bigInt({ min: largest - 100n, max: largest + 100n })), (n) => {
      expect(isId(String(n))).toBe(n > 0n && n <= largest);
    }),
  );
  for (const none of ['', '01', '1 ', '1.0', '1e3', '١', 7, null, undefined]) expect(isId(none)).toBe(false);
});
