import { expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

test('finds what a slip of the fingers meant, and nothing for another word', () => {
  const flags = ['--port', '--host', '--data', '--public-url'];
  expect(nearest('--prot', flags)).toBe('--port');
  expect(nearest('--pubic-url', flags)).toBe('--public-url');
  expect(nearest('--elephant', flags)).toBeNull();
  expect(didYouMean('--dta', flags)).toBe(' Did you mean --data?');
});
