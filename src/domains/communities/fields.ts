import { PlazaError } from '../../../contracts/errors.ts';
import type { Visibility } from '../../../contracts/nouns.ts';
import { text } from '../../kit/text.ts';

function refuse(field: string, rule: string, sentence: string): never {
  throw new PlazaError('invalid_input', sentence, { field, rule });
}

export function cleanName(value: string): string {
  return text(value, { field: 'name', min: 2, max: 80 });
}

/** Letters and digits of any script, in lower case, with single hyphens between; never digits alone, which would look like an id. */
export function cleanSlug(value: string): string {
  const slug = text(value, { field: 'slug', min: 1, max: 60 }).toLowerCase();
  if (!/^[\p{L}\p{N}\p{M}]+(-[\p{L}\p{N}\p{M}]+)*$/u.test(slug) || /^\d+$/.test(slug)) {
    refuse('slug', 'slug-letters', 'A slug is letters and digits with single hyphens between, and not digits alone.');
  }
  return slug;
}

export function cleanDescription(value: string): string {
  return text(value, { field: 'description', max: 2000, lines: true });
}

export function cleanVisibility(value: string): Visibility {
  return value === 'public' || value === 'private' ? value : refuse('visibility', 'visibility', 'Visibility is "public" or "private".');
}

/** When a ban ends. It must lie ahead: a ban that has already ended would only look like one. */
export function cleanUntil(value: string): Date {
  const until = new Date(value);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(value) || Number.isNaN(until.getTime()))
    refuse('until', 'no-time', '"until" is an ISO 8601 time, like 2030-01-31T12:00:00Z.');
  if (until.getTime() <= Date.now()) refuse('until', 'time-passed', '"until" has already passed.');
  return until;
}
