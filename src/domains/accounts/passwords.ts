import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { PlazaError } from '../../../contracts/errors.ts';
import { createTurns } from '../../kit/turns.ts';

/** Argon2id, the library's default kind, with 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, 2025. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and compares passwords, never more at once than there are cores, so that a rush of sign-ins does not stop all else. */
export interface Passwords {
  /** @throws unavailable when too many are waiting */
  hash(password: string): Promise<string>;
  /** Without a kept hash (no such account) it does the same work and says no. @throws unavailable when too many are waiting */
  matches(kept: string | null, password: string): Promise<boolean>;
}

/** @param mostWaiting who would wait longer than about two seconds is told to come again */
export function createPasswords(atOnce = availableParallelism(), mostWaiting = 200): Passwords {
  const turn = createTurns({
    atOnce,
    mostWaiting,
    refusal: () => new PlazaError('unavailable', 'Too many people sign in just now; try again in a moment.', { retryAfter: 2 }),
  });
  const nobody = turn(() => hash('the password of nobody', cost));
  // Whoever needs it sees the error; unasked it must not end the process.
  nobody.catch(() => {});

  return {
    hash: (password) => turn(() => hash(password, cost)),
    async matches(kept, password) {
      const against = kept ?? (await nobody);
      const same = await turn(() => verify(against, password));
      return same && kept !== null;
    },
  };
}
