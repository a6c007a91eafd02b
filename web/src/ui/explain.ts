import { errors, type PlazaError } from '../../../contracts/errors.ts';
import { language, type TextKey, t } from '../texts/index.ts';

/** What happened and what to do, in the reader's language. The server's own sentence says more, but in English only. */
export function explain(error: PlazaError): string {
  const isOwn = error.message !== errors[error.code].sentence;
  if (language.value === 'en' && isOwn) return error.message;
  return t(`app.error.${error.code}` satisfies TextKey);
}
