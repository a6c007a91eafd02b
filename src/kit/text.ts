import { PlazaError } from '../../contracts/errors.ts';

export interface TextLimits {
  /** The input field, named in the refusal. */
  field: string;
  /** Characters (UTF-16 units) after trimming. */
  min?: number;
  max: number;
  /** Line breaks and tabs are kept; else any white space becomes one space. */
  lines?: boolean;
}

/**
 * A text as it may be stored: normalized (NFC), trimmed, without control characters.
 * @throws invalid_input for what is too short, too long or cannot be stored (U+0000, half a surrogate pair)
 */
export function text(value: unknown, { field, min = 0, max, lines = false }: TextLimits): string {
  if (typeof value !== 'string') throw refusal(field, 'not-a-text', `"${field}" must be a text.`);
  if (value.length > max * 2 + 1000) throw tooLong(field, max);
  if (!value.isWellFormed() || value.includes('\u0000'))
    throw refusal(field, 'not-storable', `"${field}" holds characters that cannot be stored.`);
  const clean = lines
    ? cleanLines(value)
    : value
        .normalize('NFC')
        .replace(/[\p{Cc}\s]+/gu, ' ')
        .trim();
  const { length } = clean.trim();
  if (length < min && min === 1) throw refusal(field, 'empty', `"${field}" must not be empty.`);
  if (length < min) throw refusal(field, 'too-short', `"${field}" must have at least ${min} characters.`, min);
  if (clean.length > max) throw tooLong(field, max);
  return clean;
}

function refusal(field: string, rule: string, sentence: string, limit?: number): PlazaError {
  return new PlazaError('invalid_input', sentence, { field, rule, ...(limit !== undefined && { limit }) });
}

function tooLong(field: string, max: number): PlazaError {
  return refusal(field, 'too-long', `"${field}" may have at most ${max} characters.`, max);
}

function cleanLines(value: string): string {
  // Most of what is written: nothing in it would be changed.
  if (/^[\x20-\x7e]*$/.test(value)) return value.trimEnd();
  return value
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/\s+$/u, '');
}

const mostTags = 10;

/** Distinct short texts in lower case, as tags are. @throws invalid_input */
export function tags(value: readonly unknown[], field = 'tags'): string[] {
  if (value.length > mostTags)
    throw new PlazaError('invalid_input', `"${field}" may have at most ${mostTags} entries.`, { field, rule: 'too-many', limit: mostTags });
  return [...new Set(value.map((tag) => text(tag, { field, min: 1, max: 32 }).toLowerCase()))];
}

/** One emoji as Unicode recommends them for interchange (UTS #51). @throws invalid_input */
export function oneEmoji(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= 64 && /^\p{RGI_Emoji}$/v.test(value)) return value;
  throw new PlazaError('invalid_input', `"${field}" must be one emoji.`, { field, rule: 'no-emoji' });
}

/** A whole number in a range. @throws invalid_input */
export function wholeNumber(value: unknown, field: string, min: number, max = 2_147_483_647): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new PlazaError('invalid_input', `"${field}" must be a whole number from ${min} to ${max}.`, { field });
  }
  return value;
}
