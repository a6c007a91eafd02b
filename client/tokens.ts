import { type ErrorCode, PlazaError } from '../contracts/errors.ts';

export interface Tokens {
  access: string;
  /** Without it the client ends when the access token does. */
  refresh?: string;
}

export interface TokenKeeper {
  /** An access token that is good for a while yet; fetches a new one if need be. @throws unauthenticated when that is refused */
  fresh(): Promise<string>;
  /** The present one was refused: the next call of `fresh` fetches. */
  spoiled(): void;
  /** Milliseconds until a new one should be had. */
  msLeft(): number;
}

/** Renewed this long before the end, so that a request under way does not meet it. */
const marginMs = 60_000;

/** Keeps an account's tokens fresh over `POST /v1/refresh`; one refresh at a time, since each refresh token is good for one use. */
export function createTokenKeeper(base: URL, first: Tokens, changed: (tokens: Tokens) => void): TokenKeeper {
  let tokens = first;
  let spoiled = false;
  let fetching: Promise<string> | null = null;

  async function renew(): Promise<string> {
    const refresh = tokens.refresh;
    if (refresh === undefined) throw new PlazaError('unauthenticated', 'The session has ended; sign in again.');
    let response: Response;
    try {
      response = await fetch(new URL('/v1/refresh', base), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh }),
        signal: AbortSignal.timeout(15_000),
      });
    } catch {
      throw new PlazaError('unavailable', 'The server does not answer.');
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw new PlazaError(response.status < 500 && response.status !== 429 ? codeOf(answer) : 'unavailable');
    const renewed = tokensOf(answer);
    if (renewed === null) throw new PlazaError('internal', 'The server answered without tokens.');
    tokens = renewed;
    spoiled = false;
    changed(tokens);
    return tokens.access;
  }

  return {
    fresh() {
      if (!spoiled && this.msLeft() > 0) return Promise.resolve(tokens.access);
      fetching ??= renew().finally(() => {
        fetching = null;
      });
      return fetching;
    },
    spoiled() {
      spoiled = true;
    },
    msLeft: () => expiry(tokens.access) - marginMs - Date.now(),
  };
}

/** The end of an access token in ms since 1970; what is not a JSON Web Token (an application's token) never ends by itself. */
function expiry(access: string): number {
  const payload = access.split('.')[1];
  if (payload === undefined) return Number.POSITIVE_INFINITY;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return isRecord(claims) && typeof claims.exp === 'number' ? claims.exp * 1000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function tokensOf(answer: unknown): Tokens | null {
  if (!isRecord(answer) || !isRecord(answer.tokens)) return null;
  const { access, refresh } = answer.tokens;
  return typeof access === 'string' && typeof refresh === 'string' ? { access, refresh } : null;
}

function codeOf(answer: unknown): ErrorCode {
  return isRecord(answer) && answer.code === 'token_expired' ? 'token_expired' : 'unauthenticated';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
