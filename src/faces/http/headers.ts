import type { FastifyInstance } from 'fastify';
import { pathOf } from './problem.ts';

const exposed = 'Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Idempotency-Replayed';

/** What a document of ours may load: nothing. Pages say what they need instead. */
const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Header fields that every answer carries: the request's id, what browsers may do with it, and who may read it from elsewhere. */
export function sendHeaders(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('x-frame-options', 'DENY')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('content-security-policy', nothing);
    if (path.startsWith('/v1/')) reply.header('cache-control', 'no-store');
    allow(request.headers.origin);

    function allow(origin: string | undefined): void {
      reply.header('vary', 'Origin');
      if (origin === undefined || !(allowedOrigins.includes('*') || allowedOrigins.includes(origin))) return;
      reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposed);
      if (request.method !== 'OPTIONS') return;
      reply
        .header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
        .header('access-control-allow-headers', 'Authorization, Content-Type, Idempotency-Key, X-Request-Id, Last-Event-ID')
        .header('access-control-max-age', '600');
    }
  });
}
