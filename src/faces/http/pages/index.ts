import type { FastifyInstance } from 'fastify';
import { errorsPage } from './errors.ts';
import { servePage } from './page.ts';

/** The few pages of the server itself. */
export function pageRoutes(app: FastifyInstance): void {
  servePage(app, '/errors', errorsPage);
}
