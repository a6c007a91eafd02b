import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PlazaError } from '../../../contracts/errors.ts';
import { pathOf } from './problem.ts';

/**
 * Answers what no route takes: OPTIONS with what is allowed, a known address with `method_not_allowed`, any other
 * with `not_found`. Call it before the routes are made.
 * @param nowhere answers those who are better served with something else than `not_found`
 */
export function knowMethods(
  app: FastifyInstance,
  nowhere: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | null = () => null,
): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: asPattern(url), methods: new Set() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = pathOf(request);
    const methods = new Set([...routes.values()].filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]));
    if (methods.size === 0 || methods.has(request.method)) {
      const other = nowhere(request, reply);
      if (other !== null) return other;
      throw new PlazaError('not_found');
    }
    reply.header('allow', [...methods.add('OPTIONS')].join(', '));
    if (request.method === 'OPTIONS') return reply.code(204).send();
    throw new PlazaError('method_not_allowed');
  });
}

/** A route's address with its `:parts`, which may say what they consist of, as a pattern. */
function asPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    const [, shape = '[^/]+', rest] = /^:\w+(?:\(\^?(.+?)\$?\))?(.*)$/.exec(part) ?? [];
    return rest === undefined ? literally(part) : shape + literally(rest);
  });
  return new RegExp(`^${parts.join('/')}$`);
}

function literally(part: string): string {
  return part.replaceAll('.', '\\.').replaceAll('*', '.*');
}
