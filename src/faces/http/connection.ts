import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ErrorCode, errors, PlazaError } from '../../../contracts/errors.ts';
import { toProblem } from './problem.ts';

/** Answers what is not HTTP at all, came too slowly, or has header fields without end; there is no request to speak of then. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code: ErrorCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'too_large' : 'invalid_input';
  const says = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'The request did not come wholly in time.' : 'This is not a valid HTTP request.';
  const refusal = code === 'too_large' ? new PlazaError(code) : new PlazaError(code, says);
  const problem = JSON.stringify(toProblem(refusal, randomUUID(), ''));
  const { http } = errors[code];
  socket.end(
    [
      `HTTP/1.1 ${http} ${toProblem(refusal, '', '').title}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(problem)}`,
      'Connection: close',
      '',
      problem,
    ].join('\r\n'),
  );
}
