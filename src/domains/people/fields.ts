import { PlazaError } from '../../../contracts/errors.ts';
import { oneEmoji, text } from '../../kit/text.ts';
import type { StatusInput } from './index.ts';

const most = { name: 80, about: 2_000, interests: 20, interest: 40, status: 80 };

export function refuse(field: string, rule: string, sentence: string, limit?: number): never {
  throw new PlazaError('invalid_input', sentence, { field, rule, ...(limit !== undefined && { limit }) });
}

/** Marks that turn the direction of writing, or cannot be seen, let one name pose as another. */
export function cleanName(value: string): string {
  const name = text(value, { field: 'name', min: 1, max: most.name });
  if (/[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u.test(name))
    refuse('name', 'invisible-characters', 'A name has no invisible characters.');
  return name;
}

export function cleanAbout(value: string): string {
  return text(value, { field: 'about', max: most.about, lines: true });
}

/** Each once, in the order given. */
export function cleanInterests(values: readonly string[]): string[] {
  if (!Array.isArray(values) || values.length > most.interests)
    refuse('interests', 'too-many', `At most ${most.interests} interests.`, most.interests);
  return [...new Set(values.map((value) => text(value, { field: 'interests', min: 1, max: most.interest })))];
}

/** A picture is uploaded (`setAvatar`), so that nobody elsewhere learns who looks at it. @throws invalid_input for any but null */
export function noAvatar(value: unknown): null {
  if (value !== null)
    refuse('avatar', 'picture-uploaded', 'Only null, which takes the picture away, is given here; a picture is uploaded.');
  return null;
}

/** As columns of `people`; null, or one that says nothing, is none. @throws invalid_input */
export function cleanStatus(value: StatusInput | null) {
  const { emoji, text: words, until } = value ?? {};
  const status_emoji = emoji ? oneEmoji(emoji, 'status') : '';
  const status_text = text(words ?? '', { field: 'status', max: most.status });
  const isNone = status_emoji === '' && status_text === '';
  return { status_emoji, status_text, status_until: isNone || !until ? null : inFuture(until) };
}

function inFuture(value: string): Date {
  const until = new Date(value);
  if (value.length > 40 || !(until.getTime() > Date.now()) || until.getUTCFullYear() > 9999)
    refuse('status', 'time-passed', 'A status ends at a time in the future, or not by itself.');
  return until;
}
