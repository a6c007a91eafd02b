import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Doors } from '../../domains/doors.ts';
import { pathOf } from '../http/problem.ts';
import { createLimits, type Rates } from '../limits.ts';
import { pageAddresses } from './addresses.ts';
import { fileRoutes } from './fileRoutes.ts';
import type { BuiltPage } from './files.ts';
import { manifestPath, manifestRoute } from './manifest.ts';
import { notBuilt } from './notBuilt.ts';
import { publicRoutes } from './publicRoutes.ts';
import { sendPage } from './send.ts';

export { type BuiltPage, readPage } from './files.ts';

export interface WebFaceDeps {
  doors: Doors;
  /** Null where this server runs without the page: a plain one says so. */
  page: BuiltPage | null;
  publicUrl: string;
  rates: Rates;
}

export interface WebFace {
  routes(app: FastifyInstance): void;
  /** The page with status 404 for browsers at an address that is none; null for others, and where other faces answer. */
  nowhere(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | null;
}

/** Addresses of the other faces, and of files: what is not there is refused in their own words. */
const otherFaces = /^\/(v1|graphql|socket|docs|assets|avatars|\.well-known)(\/|$)/;

/** The page for people: its document at each of its addresses, its files, and what is public rendered into it. */
export function createWebFace({ doors, page, publicUrl, rates }: WebFaceDeps): WebFace {
  const document = page?.document ?? notBuilt;
  return {
    routes(app) {
      for (const address of pageAddresses) {
        app.get(address, { schema: { hide: true } }, (request, reply) => sendPage(request, reply, document, null));
      }
      const limits = createLimits(rates);
      publicRoutes(app, { doors, document, publicUrl, limits });
      if (page === null) return;
      fileRoutes(app, page.files);
      const manifest = page.files.get(manifestPath);
      if (manifest) manifestRoute(app, { doors, file: manifest, limits });
    },
    nowhere(request, reply) {
      const wantsPage = /\btext\/html\b/.test(request.headers.accept ?? '') && /^(GET|HEAD)$/.test(request.method);
      if (page === null || !wantsPage || otherFaces.test(pathOf(request))) return null;
      return sendPage(request, reply.code(404), document, null);
    },
  };
}
