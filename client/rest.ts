import { type ErrorCode, errors, PlazaError } from '../contracts/errors.ts';
import type { Tokens } from './tokens.ts';

const patienceMs = 15_000;

/**
 * One REST call, as `/docs` of a server lists them. The shape of the answer is the caller's to know.
 * @param token null for what needs no signing in
 * @throws PlazaError the server's refusal, or `unavailable` when it does not answer
 */
export async function callRest<T>(base: string | URL, method: string, path: string, token: string | null, body?: object): Promise<T> {
  const unreachable = () => new PlazaError('unavailable', `No Plaza answers at ${new URL(base).origin}.`);
  const response = await fetch(new URL(path, base), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patienceMs),
  }).catch(() => Promise.reject(unreachable()));
  const text = await response.text().catch(() => Promise.reject(unreachable()));
  const answer = parsed(text);
  if (response.ok) return answer as T;
  throw refusalOf(response, answer);
}

export interface Credentials {
  email: string;
  password: string;
  /** This device's own id for itself: signing in again with it ends the sign-in before. */
  clientId?: string;
  /** As the person's list of devices shows it. */
  deviceName?: string;
}

/** @throws PlazaError wrong_credentials, too_many_requests, unavailable */
export async function signIn(url: string | URL, credentials: Credentials): Promise<Required<Tokens>> {
  return (await callRest<{ tokens: Required<Tokens> }>(url, 'POST', '/v1/sign-in', null, credentials)).tokens;
}

/** A new account and its person. @throws PlazaError taken, invalid_input, forbidden where sign-up is closed, unavailable */
export async function signUp(url: string | URL, account: Credentials & { name: string }): Promise<Required<Tokens>> {
  return (await callRest<{ tokens: Required<Tokens> }>(url, 'POST', '/v1/sign-up', null, account)).tokens;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** What is not a refusal of Plaza's comes from something in between, such as a proxy whose server is away. */
function refusalOf(response: Response, answer: unknown): PlazaError {
  const { code, detail, field, rule, limit }: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const details = {
    ...(typeof field === 'string' && { field }),
    ...(typeof rule === 'string' && { rule }),
    ...(typeof limit === 'number' && { limit }),
    ...(Number.isFinite(retryAfter) && { retryAfter }),
  };
  if (!isCode(code)) return new PlazaError('unavailable', `The server answered ${response.status}, not as a Plaza does.`);
  return new PlazaError(code, typeof detail === 'string' ? detail : undefined, details);
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errors, code);
}
