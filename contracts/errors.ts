/**
 * The one table of refusals. Every face answers with these codes and no others: REST as problem+json, GraphQL in
 * `extensions.code`, the socket in `error` and `bye` frames, rpc as a gRPC status.
 *
 * `retryable` means: the same request may succeed later without being changed.
 */
interface Refusal {
  readonly http: number;
  /** gRPC status number, https://grpc.io/docs/guides/status-codes/ */
  readonly grpc: number;
  readonly retryable: boolean;
  /** What happened and what to do, in one sentence. */
  readonly sentence: string;
}

export const errors = {
  invalid_input: { http: 400, grpc: 3, retryable: false, sentence: 'The input is not valid; the message says which part and why.' },
  too_complex: {
    http: 400,
    grpc: 3,
    retryable: false,
    sentence: 'The query is too deep, too costly or repeats too much; ask for less at once.',
  },
  unauthenticated: { http: 401, grpc: 16, retryable: false, sentence: 'Sign in first, or send a valid token.' },
  token_expired: {
    http: 401,
    grpc: 16,
    retryable: false,
    sentence: 'The access token has expired; use the refresh token to get a new one.',
  },
  wrong_credentials: { http: 401, grpc: 16, retryable: false, sentence: 'The e-mail address or the password is not right.' },
  wrong_code: { http: 400, grpc: 3, retryable: false, sentence: 'The code is wrong, was used before or has expired; ask for a new one.' },
  forbidden: { http: 403, grpc: 7, retryable: false, sentence: 'You may not do this.' },
  not_found: { http: 404, grpc: 5, retryable: false, sentence: 'There is nothing here by that name that you may see.' },
  method_not_allowed: { http: 405, grpc: 12, retryable: false, sentence: 'This address does not take that method.' },
  taken: { http: 409, grpc: 6, retryable: false, sentence: 'That name or address is taken; choose another.' },
  conflict: { http: 409, grpc: 9, retryable: false, sentence: 'This does not fit the present state; read it again and decide anew.' },
  too_large: { http: 413, grpc: 8, retryable: false, sentence: 'The request is larger than allowed; send less.' },
  unsupported: { http: 415, grpc: 3, retryable: false, sentence: 'This kind of content is not understood; send JSON.' },
  too_many_requests: { http: 429, grpc: 8, retryable: true, sentence: 'Too many requests; wait as long as the answer says and try again.' },
  internal: { http: 500, grpc: 13, retryable: true, sentence: 'Something went wrong on our side; it was logged under the request id.' },
  unavailable: { http: 503, grpc: 14, retryable: true, sentence: 'The server cannot do this just now; try again in a moment.' },
} as const satisfies Record<string, Refusal>;

export type ErrorCode = keyof typeof errors;

/**
 * Why the server closes a socket. 4000–4499: come back (after `retryAfter`), and sync. 4500–4999: do not come back
 * without changing something.
 */
export const closes = {
  draining: { close: 4000, sentence: 'This server is stopping; come back, another one or the next one answers.' },
  too_slow: { close: 4001, sentence: 'You read more slowly than events come; come back and sync.' },
  token_expired: { close: 4002, sentence: 'The access token has expired; come back with a new one.' },
  silent: { close: 4003, sentence: 'Nothing was heard for too long; come back and sync.' },
  unavailable: { close: 4004, sentence: 'The server cannot serve you just now; come back in a moment.' },
  bad_frame: { close: 4500, sentence: 'A frame was not understood; the client needs mending.' },
  unauthenticated: { close: 4501, sentence: 'Sign in first, or send a valid token.' },
  signed_out: { close: 4502, sentence: 'This device was signed out; sign in again.' },
  too_many_requests: { close: 4503, sentence: 'Far too many frames were sent; the client needs mending.' },
  too_large: { close: 4504, sentence: 'A frame was larger than allowed; the client needs mending.' },
} as const satisfies Record<string, { close: number; sentence: string }>;

export type CloseCode = keyof typeof closes;

/** True when a client that was closed with this code should come back by itself. */
export function comeBack(close: number): boolean {
  return close < 4500 || close > 4999;
}

export interface RefusalDetails {
  /** The input field that is wrong. */
  field?: string;
  /** Which rule refused: one of `policies/`, or what a field takes, such as `too-long`. Programs choose their own words by it. */
  rule?: string;
  /** The number that the rule sets, of characters, entries or people. */
  limit?: number;
  /** Seconds to wait before trying again. */
  retryAfter?: number;
}

/** A coded refusal: the only error that domains throw on purpose and the only one whose text reaches a caller. */
export class PlazaError extends Error {
  override readonly name = 'PlazaError';
  readonly code: ErrorCode;
  readonly details: RefusalDetails;

  constructor(code: ErrorCode, message: string = errors[code].sentence, details: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return errors[this.code].retryable;
  }
}

/** Any thrown thing as a refusal; what is not ours becomes `internal`, its text kept away from the caller. */
export function asRefusal(error: unknown): PlazaError {
  return error instanceof PlazaError ? error : new PlazaError('internal');
}
