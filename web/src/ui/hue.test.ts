import { expect, test } from 'vitest';
import { hueOf, initialsOf, kindOf } from './hue.ts';

test("the same for the same thing, by the wire's id and by GraphQL's", () => {
  const global = btoa('Person:117588459249468399').replace(/=+$/, '');
  expect(hueOf(global)).toBe(hueOf('117588459249468399'));
  expect(kindOf(global, 6)).toBe(kindOf('117588459249468399', 6));
});

test('ids one after the other get colours all around the circle', () => {
  const hues = Array.from({ length: 360 }, (_, at) => hueOf(String(117588459249468399n + BigInt(at))));
  for (let from = 0; from < 360; from += 60) expect(hues.filter((hue) => hue >= from && hue < from + 60).length).toBeGreaterThan(30);
});

test('initials are of the first and the last word, whole letters, without marks before them', () => {
  expect(initialsOf('Ana María López')).toBe('AL');
  expect(initialsOf('ana')).toBe('A');
  expect(initialsOf('"Quoted" (name)')).toBe('QN');
  expect(initialsOf('👩‍🚀 Astro')).toBe('👩‍🚀A');
  expect(initialsOf('中村 翔', 1)).toBe('中');
  expect(initialsOf('  ')).toBe('');
});
