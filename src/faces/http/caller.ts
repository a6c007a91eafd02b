import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Accounts } from '../../domains/accounts/index.ts';
import { guest, type Who } from '../../domains/policy/index.ts';
import type { Limits, Verdict } from '../limits.ts';
import { pathOf } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. */
    who: Who;
  }
  interface FastifyContextConfig {
    /** An access token that has ended is taken for none: who comes to renew it has no other. */
    expiredIsGuest?: boolean;
  }
}

const longestToken = 4096;

/** Finds out who asks and counts the request against what that caller may ask. Pages and probes are not counted. */
export function knowCallers(app: FastifyInstance, { accounts, limits }: { accounts: Accounts; limits: Limits }): void {
  app.decorateRequest('who');
  app.addHook('onRequest', async (request, reply) => {
    request.who = guest(request.ip);
    if (!isCounted(pathOf(request)) || request.method === 'OPTIONS') return;
    let refusal: unknown;
    try {
      request.who = await accounts.authenticate(tokenOf(request), request.ip);
    } catch (error) {
      refusal = error;
    }
    const verdict = limits.take(request.who);
    announce(reply, verdict);
    if (!verdict.allowed) throw new PlazaError('too_many_requests', undefined, { retryAfter: verdict.retryAfter });
    if (refusal && !isExcused(refusal, request)) throw refusal;
  });
}

function isCounted(path: string): boolean {
  return path.startsWith('/v1/') || path === '/graphql' || path.startsWith('/.well-known/');
}

/** GraphQL tells of a bad token in its own words. */
function isExcused(refusal: unknown, request: { url: string; routeOptions: { config: { expiredIsGuest?: boolean } } }): boolean {
  if (!(refusal instanceof PlazaError)) return false;
  if (refusal.code === 'token_expired' && request.routeOptions.config.expiredIsGuest) return true;
  return pathOf(request) === '/graphql' && (refusal.code === 'token_expired' || refusal.code === 'unauthenticated');
}

/** Where a browser listens to events it cannot send header fields; there the address may hold the token. */
function tokenOf(request: FastifyRequest): string | null {
  const token = bearer(request.headers.authorization);
  return token === null && pathOf(request) === '/v1/events' ? new URL(request.url, 'http://here').searchParams.get('token') : token;
}

/**
 * The token of an Authorization header; null without one.
 * @throws unauthenticated for any other scheme
 */
export function bearer(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1];
  if (!token || token.length > longestToken)
    throw new PlazaError('unauthenticated', 'The Authorization header must be "Bearer" and a token.');
  return token;
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers-10: the burst is the quota, the time to refill it the window. */
function announce(reply: FastifyReply, { policy, rate, remaining, fullAfter }: Verdict): void {
  reply.header('ratelimit-policy', `"${policy}";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`);
  reply.header('ratelimit', `"${policy}";r=${remaining};t=${fullAfter}`);
}
