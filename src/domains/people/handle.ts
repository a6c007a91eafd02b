import { randomInt } from 'node:crypto';
import { spellOut } from '../../kit/letters.ts';
import { refuse } from './fields.ts';

/** 2 to 30 characters; letters or digits at both ends, so that "@ana." at the end of a sentence means ana. */
const shape = /^[a-z0-9][a-z0-9_.-]{0,28}[a-z0-9]$/;

/** Words that address everybody, or look like the place itself speaking. */
const reserved = new Set(
  `about account accounts admin administrator all anonymous api applications bot channel channels communities community deleted everybody
  everyone group guest help here home login me mod moderator moderators nobody null official people person plaza root search security settings
  signin signup staff support system team undefined unknown user users you`.split(/\s+/),
);

/** A handle that somebody chose, in lower case. A leading `@` is only how it is written. @throws invalid_input */
export function cleanHandle(value: string): string {
  const handle = value.trim().replace(/^@/, '').toLowerCase();
  if (!shape.test(handle) || /^\d+$/.test(handle)) {
    refuse(
      'handle',
      'handle-letters',
      'A handle has 2 to 30 of a–z, 0–9, "_", "-" and ".", with a letter or digit at both ends, and is not digits alone.',
    );
  }
  if (reserved.has(handle)) refuse('handle', 'handle-reserved', 'This handle is reserved; choose another.');
  return handle;
}

/** Handles to try for a name, best first: `Ana María` → `ana-maria`, `ana-maria-2`, …; the later ones are sure to be free. */
export function* handlesFor(name: string): Generator<string> {
  const plain = spellOut(name.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, ''))
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 22)
    .replace(/^-+|-+$/g, '');
  // Names in other scripts have nothing to go by.
  const base = plain.length < 2 || /^[\d-]+$/.test(plain) ? 'person' : plain;
  if (base !== 'person' && !reserved.has(base)) yield base;
  for (let n = 2; n <= 4; n++) yield `${base}-${n}`;
  for (;;) yield `${base}-${randomInt(10_000, 10_000_000)}`;
}
