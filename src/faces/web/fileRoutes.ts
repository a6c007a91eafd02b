import type { FastifyInstance } from 'fastify';
import { PlazaError } from '../../../contracts/errors.ts';
import { pagePolicy } from './document.ts';
import { manifestPath } from './manifest.ts';
import { type Content, send } from './send.ts';

const forever = 'public, max-age=31536000, immutable';
const day = 'public, max-age=86400';

/**
 * The files of the built page, out of memory: what is not among them is not found, whatever the address looks like.
 * Those under /assets/ are named by their content and so never change.
 */
export function fileRoutes(app: FastifyInstance, files: ReadonlyMap<string, Content>): void {
  app.get<{ Params: { '*': string } }>('/assets/*', { schema: { hide: true } }, (request, reply) => {
    const content = files.get(`/assets/${request.params['*']}`);
    if (content === undefined) throw new PlazaError('not_found');
    return send(request, reply.header('cache-control', forever), content);
  });
  for (const [path, content] of files) {
    if (path.startsWith('/assets/') || path === manifestPath) continue;
    const isPicture = content.type.startsWith('image/');
    app.get(path, { schema: { hide: true } }, (request, reply) => {
      // A service worker is held to the policy that it comes with.
      if (path === '/sw.js') reply.header('content-security-policy', pagePolicy);
      return send(request, reply.header('cache-control', isPicture ? day : 'no-cache'), content);
    });
  }
}
