import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorCode, errors, PlazaError } from '../../../contracts/errors.ts';
import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import { errorCode } from '../../kit/errorCode.ts';

/** A refusal as RFC 9457 wants it, with what our clients decide by: `code` and `retryable`. */
export interface Problem {
  /** Where the code is explained. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  retryable: boolean;
  field?: string;
  rule?: string;
  limit?: number;
  requestId: string;
}

export function toProblem(refusal: PlazaError, requestId: string, publicUrl: string): Problem {
  const { http, retryable } = errors[refusal.code];
  return {
    type: `${publicUrl}/errors#${refusal.code}`,
    title: STATUS_CODES[http] ?? 'Error',
    status: http,
    detail: refusal.message,
    code: refusal.code,
    retryable,
    ...(refusal.details.field !== undefined && { field: refusal.details.field }),
    ...(refusal.details.rule !== undefined && { rule: refusal.details.rule }),
    ...(refusal.details.limit !== undefined && { limit: refusal.details.limit }),
    requestId,
  };
}

/** Answers with the refusal, in the shape that the asked face speaks. */
export function sendRefusal(refusal: PlazaError, request: FastifyRequest, reply: FastifyReply, publicUrl: string): FastifyReply {
  const problem = toProblem(refusal, request.id, publicUrl);
  reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff');
  if (refusal.details.retryAfter !== undefined) reply.header('retry-after', Math.ceil(refusal.details.retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="plaza"');
  if (pathOf(request) === '/graphql') {
    const { detail, code, retryable, requestId } = problem;
    return reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ errors: [{ message: detail, extensions: { code, retryable, requestId } }] }));
  }
  return reply.type('application/problem+json').send(JSON.stringify(problem));
}

export function pathOf(request: { url: string }): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** What the framework itself refuses, by its error codes. */
const ofFramework: Record<string, PlazaError> = {
  FST_ERR_CTP_INVALID_JSON_BODY: new PlazaError('invalid_input', 'The body is not valid JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new PlazaError('invalid_input', 'The body is not as long as Content-Length says.'),
  FST_ERR_CTP_BODY_TOO_LARGE: new PlazaError('too_large'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new PlazaError('unsupported'),
  FST_ERR_CTP_INVALID_TYPE: new PlazaError('unsupported'),
  FST_ERR_BAD_URL: new PlazaError('invalid_input', 'The address is not a valid URL.'),
  FST_ERR_MAX_PARAM_LENGTH: new PlazaError('not_found'),
  FST_ERR_HANDLER_TIMEOUT: new PlazaError('unavailable', 'This took too long and may or may not have happened; look before trying again.', {
    retryAfter: 1,
  }),
};

/** Any thrown thing as a refusal; null for what nobody foresaw, which is logged and answered as `internal`. */
export function foreseen(error: unknown): PlazaError | null {
  if (error instanceof PlazaError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return ofShape(error);
  if (!(error instanceof Error)) return null;
  const code = errorCode(error);
  if (isConnectionLoss(error)) return new PlazaError('unavailable', undefined, { retryAfter: 1 });
  // Whatever else the framework says before its 500s is the request's fault.
  const itsFault = code.startsWith('FST_') && 'statusCode' in error && Number(error.statusCode) < 500;
  return ofFramework[code] ?? (itsFault ? new PlazaError('invalid_input') : null);
}

/** A thing whose address cannot be right does not exist; anything else names the field that is wrong. */
function ofShape(error: {
  validation: { instancePath: string; message?: string | undefined }[];
  validationContext?: string | undefined;
}): PlazaError {
  if (error.validationContext === 'params') return new PlazaError('not_found');
  const [first] = error.validation;
  const field = (first?.instancePath ?? '').slice(1).replaceAll('/', '.');
  if (field === '' && /received undefined$/.test(first?.message ?? ''))
    return new PlazaError('invalid_input', 'Send a JSON object as the body.');
  const why = (first?.message ?? 'it is not what is expected here').replace(/^Invalid input: /, '');
  return field === ''
    ? new PlazaError('invalid_input', `The ${error.validationContext === 'querystring' ? 'query' : 'body'} is not valid: ${why}.`)
    : new PlazaError('invalid_input', `"${field}" is not valid: ${why}.`, { field });
}
