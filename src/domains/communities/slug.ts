import { randomBytes } from 'node:crypto';
import { spellOut } from '../../kit/letters.ts';

/**
 * The part of an address that stands for a name: Latin letters without their accents, other scripts as they are.
 * `Café Zürich!` → `cafe-zurich`, `東京 の 会` → `東京-の-会`.
 */
export function slugOf(name: string): string {
  const slug = spellOut(
    name
      .normalize('NFKD')
      .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
      .normalize('NFC')
      .toLowerCase(),
  ).replace(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  const short = [...slug]
    .slice(0, 50)
    .join('')
    .replace(/^-+|-+$/g, '');
  if (short === '') return 'community';
  return /^\d+$/.test(short) ? `c-${short}` : short;
}

/** The slugs to try for a name, best first; the last one is as good as surely free. */
export function* slugsOf(name: string): Generator<string> {
  const slug = slugOf(name);
  yield slug;
  for (let n = 2; n < 10; n++) yield `${slug}-${n}`;
  yield `${slug}-${randomBytes(4).toString('hex')}`;
}
