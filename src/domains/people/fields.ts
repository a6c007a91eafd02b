import { PlazaError } from '../../../contracts/errors.ts';
import { text } from '../../kit/text.ts';

const most = { name: 80, about: 2_000, interests: 20, interest: 40, avatar: 500 };

export function refuse(field: string, sentence: string): never {
  throw new PlazaError('invalid_input', sentence, { field });
}

/** Marks that turn the direction of writing, or cannot be seen, let one name pose as another. */
export function cleanName(value: string): string {
  const name = text(value, { field: 'name', min: 1, max: most.name });
  if (/[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u.test(name)) refuse('name', 'A name has no invisible characters.');
  return name;
}

export function cleanAbout(value: string): string {
  return text(value, { field: 'about', max: most.about, lines: true });
}

/** Each once, in the order given. */
export function cleanInterests(values: readonly string[]): string[] {
  if (!Array.isArray(values) || values.length > most.interests) refuse('interests', `At most ${most.interests} interests.`);
  return [...new Set(values.map((value) => text(value, { field: 'interests', min: 1, max: most.interest })))];
}

/** An https address, or null for none. */
export function cleanAvatar(value: string | null): string | null {
  if (value === null) return null;
  const address = text(value, { field: 'avatar', min: 1, max: most.avatar });
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.href.length > most.avatar) {
    refuse('avatar', `An avatar is an https address of at most ${most.avatar} characters, without a password in it.`);
  }
  return url.href;
}
