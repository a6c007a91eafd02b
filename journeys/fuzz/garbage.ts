import fc from 'fast-check';

/** Strings of all kinds: plain, with U+0000, lone surrogates, right-to-left marks, long ones, numbers beyond all bounds. */
export const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '👩‍👩‍👧‍👦',
    "';--",

    '%00',
    '../../etc/passwd',
    'null',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom(70, 10_001, 20_000).map((length) => 'x'.repeat(length)),
  fc.constantFrom('0', '-1', '1e400', '9223372036854775807', '9223372036854775808', '99999999999999999999', 'NaN', '1.5'),
);

/** Anything that JSON can hold. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, [], {}, [[[[]]]], { length: -1 }, { toString: 1 }),
);

/** Something valid with one place changed, cut, doubled or swapped. */
export function broken(valid: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(valid.length), fc.nat(8), text, fc.nat(3)).map(([at, length, other, how]) => {
    const [head, middle, tail] = [valid.slice(0, at), valid.slice(at, at + length), valid.slice(at + length)];
    return [head + tail, head + other + tail, head + middle + middle + tail, tail + head][how] ?? head;
  });
}

/** An object that has some of these properties, right or wrong, and perhaps others. */
export function objectLike(valid: { [name: string]: unknown }): fc.Arbitrary<unknown> {
  const properties = Object.entries(valid).map(
    ([name, value]) => [name, fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 2, arbitrary: anything })] as const,
  );
  return fc.oneof(
    { weight: 5, arbitrary: fc.record(Object.fromEntries(properties), { requiredKeys: [] }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.record(Object.fromEntries(properties), { requiredKeys: [] }), fc.dictionary(text, anything, { maxKeys: 3 }))
        .map(([a, b]) => ({ ...a, ...b })),
    },
    { weight: 1, arbitrary: anything },
  );
}
