import { expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';
import { refusal } from './testing.ts';

test('a password matches its own hash and no other, and nobody has none', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('seven green herons');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches(hash, 'seven green herons')).toBe(true);
  expect(await passwords.matches(hash, 'seven green heron')).toBe(false);
  expect(await passwords.matches(null, 'the password of nobody')).toBe(false);
});

test('more than may wait are told to come again, and those who waited are served', async () => {
  const passwords = createPasswords(1, 1);
  const hash = await passwords.hash('seven green herons');
  const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => passwords.matches(hash, 'x')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBe(2);
  expect(refused[0]?.reason).toEqual(refusal('unavailable', { retryAfter: 2 }));
  expect(await passwords.matches(hash, 'seven green herons')).toBe(true);
});
