import { type CloseCode, closes, type ErrorCode, errors } from '../../contracts/errors.ts';
import type { ServerFrame } from '../../contracts/wire.ts';
import type { Answer, GraphqlBody, Refusal } from '../support/api.ts';

/** What only the inside knows: stacks, paths, statements, names of tables, libraries and system errors. */
const inside = [
  /\bat \S+ \(?(file:|node:|\/)/,
  /node_modules|\.ts:\d+/,
  /\/(root|home|tmp|var|work|usr)\//,
  /\b(select|insert into|update|delete from)\b.+\b(from|values|set|where)\b/i,
  /PostgresError|SQLSTATE|syntax error at or near|violates .+ constraint|pg_catalog|relation "/i,
  /ECONN|ENOENT|EPIPE|TypeError|RangeError|is not a function|Cannot read propert/,
];

/** The part of a text that should not have been told, or null. */
export function leak(text: string): string | null {
  for (const pattern of inside) {
    const found = pattern.exec(text);
    if (found) return found[0];
  }
  return null;
}

export function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errors, code);
}

/** What is wrong with an answer of REST, or null: refusals are coded problems, and nothing fails inside. */
export function restFault({ status, headers, body, text }: Answer<Refusal | null>): string | null {
  if (status >= 500) return `${status}: ${text}`;
  if (status < 400) return null;
  const said = leak(text);
  if (said) return `leaks "${said}": ${text}`;
  if (!headers.get('content-type')?.startsWith('application/problem+json')) return `refused as ${headers.get('content-type')}: ${text}`;
  if (body === null || !isCode(body.code)) return `refused without a code of the table: ${text}`;
  return errors[body.code].http === status ? null : `${body.code} with status ${status}`;
}

/** The same for GraphQL: each error has a code of the table in its extensions. */
export function graphqlFault({ status, body, text }: Answer<Partial<GraphqlBody & Refusal> | null>): string | null {
  if (status >= 500) return `${status}: ${text}`;
  for (const error of body?.errors ?? []) {
    const code = error.extensions?.code;
    if (!isCode(code) || code === 'internal') return `error without a code of the table: ${JSON.stringify(error)}`;
    const said = leak(JSON.stringify(error));
    if (said) return `leaks "${said}": ${JSON.stringify(error)}`;
  }
  return body?.errors || body?.data || isCode(body?.code) ? null : `neither data nor errors: ${status} ${text}`;
}

/** The same for what a socket heard. */
export function frameFault(frame: ServerFrame): string | null {
  if (frame.type === 'error' && (!isCode(frame.code) || frame.code === 'internal'))
    return `error without a code of the table: ${JSON.stringify(frame)}`;
  if (frame.type === 'bye' && !Object.hasOwn(closes, frame.code satisfies CloseCode))
    return `bye without a code of the table: ${JSON.stringify(frame)}`;
  const said = frame.type === 'error' || frame.type === 'bye' ? leak(JSON.stringify(frame)) : null;
  return said ? `leaks "${said}": ${JSON.stringify(frame)}` : null;
}
