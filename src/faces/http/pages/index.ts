import type { FastifyInstance } from 'fastify';
import { errorsPage } from './errors.ts';
import { firstAdmin } from './firstAdmin.ts';
import { servePage } from './page.ts';
import { welcome } from './welcome.ts';

/** The few pages of the server itself. */
export function pageRoutes(app: FastifyInstance): void {
  servePage(app, '/', welcome);
  servePage(app, '/first-admin', firstAdmin);
  servePage(app, '/errors', errorsPage);
}
