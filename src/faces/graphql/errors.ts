import { GraphQLError } from 'graphql';
import { asRefusal, type ErrorCode, errors, PlazaError } from '../../../contracts/errors.ts';
import { foreseen } from '../http/problem.ts';

/** What lies at the bottom of an error that was wrapped on its way up. */
export function rootOf(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  const inner = error.originalError ?? error.cause;
  return inner === undefined || inner === null ? error : rootOf(inner);
}

/** True for what nobody foresaw: it is logged, and answered as `internal`. */
export function isUnforeseen(error: unknown): boolean {
  return refusalOf(error) === null;
}

/**
 * Any error as the caller may see it: `extensions` carry the code of the one table and what belongs to it. Errors that
 * come before anything is executed carry the HTTP status too, which the server takes out again.
 */
export function coded(error: unknown, requestId?: string): GraphQLError {
  if (error instanceof GraphQLError && isCoded(error)) return error;
  const refusal = refusalOf(error) ?? asRefusal(error);
  const { code, message, retryable, details } = refusal;
  const at = error instanceof GraphQLError ? error : undefined;
  return new GraphQLError(message, {
    nodes: at?.nodes,
    source: at?.source,
    positions: at?.positions,
    path: at?.path,
    extensions: {
      code,
      retryable,
      ...details,
      ...(code === 'internal' && requestId !== undefined && { requestId }),
      ...(at?.path === undefined && { http: httpOf(at, code) }),
    },
  });
}

/** The same without the HTTP status, for where there is none. */
export function codedFrame(error: unknown, requestId?: string): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = coded(error, requestId);
  const { http: _http, ...rest } = extensions;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: rest });
}

function isCoded(error: GraphQLError): boolean {
  const { code } = error.extensions;
  return typeof code === 'string' && Object.hasOwn(errors, code);
}

/** Null for what nobody foresaw. A GraphQL error without a place in the answer tells what is wrong with the document. */
function refusalOf(error: unknown): PlazaError | null {
  const root = rootOf(error);
  if (!(root instanceof GraphQLError)) return foreseen(root);
  if (isCoded(root)) return new PlazaError(root.extensions['code'] as ErrorCode, root.message);
  if (error instanceof GraphQLError && error.path !== undefined) return null;
  return new PlazaError(codeOfStatus(statusOf(root)), root.message);
}

function statusOf(error: GraphQLError): number {
  const http: unknown = error.extensions['http'];
  return typeof http === 'object' && http !== null && 'status' in http && typeof http.status === 'number' ? http.status : 400;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 405) return 'method_not_allowed';
  if (status === 413) return 'too_large';
  if (status === 415) return 'unsupported';
  return 'invalid_input';
}

/** How the server marks requests that make no sense, whatever the document says. */
const senseless = new Set<unknown>(['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE']);

/**
 * Requests that make no sense are 400. Refused documents are 400 to those who ask for `application/graphql-response+json`
 * and 200 to others, as the specification of GraphQL over HTTP has it: that is what `spec` says to the server.
 */
function httpOf(error: GraphQLError | undefined, code: ErrorCode): object {
  const { code: given, http } = error?.extensions ?? {};
  if (typeof http === 'object' && http !== null) return { ...http, spec: !senseless.has(given) };
  const { http: status } = errors[code];
  return { status, spec: status === 400 };
}
