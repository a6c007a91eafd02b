import { readFileSync } from 'node:fs';
import { PlazaError } from '../../../contracts/errors.ts';

const [least, most] = [8, 200];
const keyboardRows = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'zxcvbnm', '1234567890', '1qaz2wsx3edc4rfv5tgb'];

let common: Set<string> | undefined;

/** Read when first needed: only processes that take new passwords pay for it. */
function isCommon(password: string): boolean {
  common ??= new Set(readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8').split('\n'));
  return common.has(password);
}

/** A password to compare with a kept one. @throws invalid_input when it can be none at all */
export function cleanPassword(value: string, field = 'password'): string {
  if (typeof value !== 'string' || value === '') refuse(field, 'empty', `A password has ${least} to ${most} characters.`);
  if (value.length > most * 2) refuse(field, 'too-long', `A password has at most ${most} characters.`, most);
  if (value.includes('\u0000') || !value.isWellFormed()) refuse(field, 'not-storable', 'The password holds characters that are not text.');
  // Keyboards differ in how they compose letters; what looks the same is the same.
  return value.normalize('NFKC');
}

/**
 * A password that somebody chooses: long enough and not one that is tried first.
 * @param about what is known of the person (e-mail, name, handle) and thus no secret
 * @throws invalid_input
 */
export function chosenPassword(value: string, about: readonly string[], field = 'password'): string {
  const password = cleanPassword(value, field);
  const characters = [...password];
  if (characters.length < least) refuse(field, 'too-short', `A password has at least ${least} characters.`, least);
  if (characters.length > most) refuse(field, 'too-long', `A password has at most ${most} characters.`, most);
  const lower = password.toLowerCase();
  if (isCommon(lower)) refuse(field, 'password-common', 'This password is among the most used ones; choose another.');
  if (new Set(lower).size < 4 || isSequence(lower)) refuse(field, 'password-pattern', 'This password is a simple pattern; choose another.');
  if (about.some((known) => tells(lower, known.toLowerCase())))
    refuse(field, 'password-tells', 'This password is made of your name or e-mail address; choose another.');
  return password;
}

function isSequence(password: string): boolean {
  const points = [...password].map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(points.slice(1).map((point, i) => point - (points[i] ?? 0)));
  if (steps.size === 1 && (steps.has(1) || steps.has(-1))) return true;
  const backwards = [...password].reverse().join('');
  return keyboardRows.some((row) => row.includes(password) || row.includes(backwards));
}

/** Whether it is the known word, or the part before the @, with nothing but digits and signs around it. */
function tells(password: string, known: string): boolean {
  const core = (text: string) => text.replace(/[^\p{L}]/gu, '');
  const [local = ''] = known.split('@');
  return password === known || [known, local].some((word) => core(word) !== '' && core(password) === core(word));
}

function refuse(field: string, rule: string, sentence: string, limit?: number): never {
  throw new PlazaError('invalid_input', sentence, { field, rule, ...(limit !== undefined && { limit }) });
}
