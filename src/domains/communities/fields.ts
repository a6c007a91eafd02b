import { PlazaError } from '../../../contracts/errors.ts';
import type { Visibility } from '../../../contracts/nouns.ts';

/** Sizes in characters (code points). */
const limits = { name: 2, nameMost: 80, slugMost: 60, description: 2000, tags: 10, tag: 32, reason: 500, query: 100 };

function refuse(field: string, sentence: string): never {
  throw new PlazaError('invalid_input', sentence, { field });
}

/** Text that PostgreSQL can store and that is no longer than `most`, without blanks around it. */
function text(value: string, field: string, most: number): string {
  if (value.includes('\u0000') || !value.isWellFormed()) refuse(field, `"${field}" has characters that are not text.`);
  const clean = value.trim();
  if ([...clean].length > most) refuse(field, `"${field}" may have at most ${most} characters.`);
  return clean;
}

export function cleanName(value: string): string {
  const name = text(value, 'name', limits.nameMost).replace(/\s+/gu, ' ');
  if ([...name].length < limits.name) refuse('name', `A name has ${limits.name} to ${limits.nameMost} characters.`);
  return name;
}

/** Letters and digits of any script, in lower case, with single hyphens between; never digits alone, which would look like an id. */
export function cleanSlug(value: string): string {
  const slug = text(value, 'slug', limits.slugMost).normalize('NFC').toLowerCase();
  if (!/^[\p{L}\p{N}\p{M}]+(-[\p{L}\p{N}\p{M}]+)*$/u.test(slug) || /^\d+$/.test(slug)) {
    refuse('slug', 'A slug is letters and digits with single hyphens between, and not digits alone.');
  }
  return slug;
}

export function cleanDescription(value: string): string {
  return text(value, 'description', limits.description);
}

export function cleanTags(values: readonly string[]): string[] {
  if (values.length > limits.tags) refuse('tags', `At most ${limits.tags} tags.`);
  const tags = values.map((value) => cleanTag(value));
  if (tags.includes('')) refuse('tags', 'A tag is not empty.');
  return [...new Set(tags)];
}

/** One tag as it is stored: in lower case, without a leading `#`. */
export function cleanTag(value: string): string {
  return text(value, 'tags', limits.tag).replace(/^#/, '').normalize('NFC').toLowerCase();
}

export function cleanVisibility(value: string): Visibility {
  return value === 'public' || value === 'private' ? value : refuse('visibility', 'Visibility is "public" or "private".');
}

export function cleanReason(value: string): string {
  return text(value, 'reason', limits.reason);
}

export function cleanQuery(value: string): string {
  return text(value, 'q', limits.query);
}

/** When a ban ends. It must lie ahead: a ban that has already ended would only look like one. */
export function cleanUntil(value: string): Date {
  const until = new Date(value);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(value) || Number.isNaN(until.getTime()))
    refuse('until', '"until" is an ISO 8601 time, like 2030-01-31T12:00:00Z.');
  if (until.getTime() <= Date.now()) refuse('until', '"until" has already passed.');
  return until;
}
