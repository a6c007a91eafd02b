import { PlazaError } from '../contracts/errors.ts';
import { callRest } from './rest.ts';

export interface Tokens {
  access: string;
  /** Without it the client ends when the access token does. An application's token has none and needs none. */
  refresh?: string;
}

export interface TokenKeeper {
  /** An access token that is good for a while yet; fetches a new one if need be. @throws unauthenticated when that is refused */
  fresh(): Promise<string>;
  /** This one was refused: the next call of `fresh` fetches, if it is still the present one. */
  spoiled(access: string): void;
  /** Milliseconds until a new one should be had. */
  msLeft(): number;
}

export interface TokenKeeperOptions {
  base: URL;
  tokens: Tokens;
  onTokens: (tokens: Tokens) => void;
  /** The tokens as somebody else who shares them may have renewed them. */
  keptTokens: () => Tokens | null;
  /** Held while they look and renew: one at a time of all who share them. */
  lock: Lock;
}

export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

/** Renewed so long before the end, or a quarter of the whole time if that is less: a request under way shall not meet it. */
const marginMs = 60_000;

/** Keeps an account's tokens fresh over `POST /v1/refresh`; one refresh at a time, since each refresh token is good for one use. */
export function createTokenKeeper({ base, tokens: first, onTokens, keptTokens, lock }: TokenKeeperOptions): TokenKeeper {
  let tokens = first;
  let renewAt = renewalOf(first.access, null);
  let fetching: Promise<string> | null = null;

  async function renew(): Promise<string> {
    const kept = keptTokens();
    if (kept !== null && kept.access !== tokens.access) {
      tokens = kept;
      renewAt = renewalOf(kept.access, null);
      if (renewAt > Date.now()) return tokens.access;
    }
    if (tokens.refresh === undefined) throw new PlazaError('unauthenticated', 'The session has ended; sign in again.');
    const answer = await callRest<{ tokens: Tokens }>(base, 'POST', '/v1/refresh', null, { refresh: tokens.refresh });
    tokens = answer.tokens;
    renewAt = renewalOf(tokens.access, Date.now());
    onTokens(tokens);
    return tokens.access;
  }

  return {
    fresh() {
      if (renewAt > Date.now()) return Promise.resolve(tokens.access);
      fetching ??= lock(renew).finally(() => {
        fetching = null;
      });
      return fetching;
    },
    spoiled(access) {
      if (access === tokens.access) renewAt = 0;
    },
    msLeft: () => renewAt - Date.now(),
  };
}

/** The person that a token speaks for, as far as it tells; an application's token does not. */
export function personOf(access: string): string {
  const { person } = claimsOf(access);
  return typeof person === 'string' ? person : '';
}

/**
 * When to renew, in ms since 1970. For a token just made the server's word for how long it lasts is counted from now,
 * since clocks differ. What is not a JSON Web Token (an application's token) never ends by itself.
 */
function renewalOf(access: string, madeAt: number | null): number {
  const { exp, iat } = claimsOf(access);
  if (typeof exp !== 'number') return Number.POSITIVE_INFINITY;
  if (typeof iat !== 'number') return exp * 1000 - marginMs;
  const lasts = (exp - iat) * 1000;
  return (madeAt === null ? exp * 1000 : madeAt + lasts) - Math.min(marginMs, lasts / 4);
}

function claimsOf(access: string): { exp?: unknown; iat?: unknown; person?: unknown } {
  const payload = access.split('.')[1];
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
