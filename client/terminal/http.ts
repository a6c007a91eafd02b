import { type ErrorCode, errors, PlazaError } from '../../contracts/errors.ts';

/** One REST call. @throws the server's refusal, or unavailable when it does not answer */
export async function call<T>(base: string, method: string, path: string, token: string | null, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(new URL(path, base), {
      method,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new PlazaError('unavailable', `No Plaza answers at ${base}. Start one with "npm start", or name another address.`);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const problem = (answer ?? {}) as { code?: string; detail?: string };
  throw new PlazaError(isCode(problem.code) ? problem.code : 'internal', problem.detail);
}

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && code in errors;
}
