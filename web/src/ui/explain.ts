import { errors, type PlazaError } from '../../../contracts/errors.ts';
import { hasText, language, t } from '../texts/index.ts';

/**
 * What happened and what to do, in the reader's language: by the rule that refused, else by the code. The server's own
 * sentence says more than a code does, but in English.
 */
export function explain({ code, message, details: { rule, limit } }: PlazaError): string {
  const ofRule = `refusal.${rule}`;
  if (hasText(ofRule)) return t(ofRule, { limit: limit ?? '' });
  const saysMore = message !== errors[code].sentence;
  return saysMore && language.value === 'en' ? message : t(`app.error.${code}`);
}
