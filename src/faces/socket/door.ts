import { type CloseCode, closes, type PlazaError } from '../../../contracts/errors.ts';
import type { ServerFrame } from '../../../contracts/wire.ts';

/** The last frame before the end. Who shall come back is told when, spread so that not all come at once. */
export function byeFrame(code: CloseCode, retryAfter: number | undefined): ServerFrame {
  const { close, sentence } = closes[code];
  const wait = retryAfter ?? (close < 4500 ? spread(2) : undefined);
  return { type: 'bye', code, message: sentence, ...(wait !== undefined && { retryAfter: wait }) };
}

/** Some seconds at random, up to so many, at least half of one. */
export function spread(seconds: number): number {
  return Math.round((0.5 + Math.random() * Math.max(0, seconds - 0.5)) * 100) / 100;
}

/**
 * May a page of this origin connect? Browsers always say the origin; other programs do not and are no danger to anybody's
 * session. Our own pages come from the host that was asked.
 */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined) return true;
  if (allowed.includes('*') || allowed.includes(origin)) return true;
  return host !== undefined && URL.parse(origin)?.host === host.toLowerCase();
}

/** What went wrong with a request of a client. @param about what the request is known by */
export function errorFrame(
  { code, message, retryable, details }: PlazaError,
  about: { id?: string | undefined; key?: string | undefined },
): ServerFrame {
  return {
    type: 'error',
    ...(about.id !== undefined && { id: about.id }),
    code,
    message,
    retryable,
    ...(about.key !== undefined && { key: about.key }),
    ...(details.rule !== undefined && { rule: details.rule }),
    ...(details.limit !== undefined && { limit: details.limit }),
    ...(details.retryAfter !== undefined && { retryAfter: details.retryAfter }),
  };
}
