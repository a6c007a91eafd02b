import type { FastifyInstance } from 'fastify';
import { type Metrics, waits } from '../../kit/metrics.ts';
import { callerKey } from '../limits.ts';

/** Paths that machines ask every few seconds. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * One log line and one measurement a request. The line names the route, never the address as asked: queries carry
 * tokens and words of people.
 */
export function watch(app: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram('plaza_http_request_seconds', 'Time from a request to its answer.', waits, [
    'method',
    'route',
    'status',
  ]);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    seconds.observe({ method, route, status: String(status) }, reply.elapsedTime / 1000);
    const line = {
      method,
      route,
      status,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      who: request.who.person || request.who.role === 'application' ? callerKey(request.who) : 'guest',
    };
    if (probes.has(route)) request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
  });
}

/** The caller's request id if it is a harmless one, so that a request can be followed through several programs. */
export function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && /^[\w.:/+=-]{1,64}$/.test(id);
}
