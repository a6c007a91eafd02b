import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** The page to try the API at `/docs`; all it loads is served from here. */
export async function docsPage(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Plaza: the REST API' },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'none',
      tryItOutEnabled: true,
      persistAuthorization: true,
      displayRequestDuration: true,
    },
    // The page styles itself as it runs and draws with data: pictures.
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
  });
}
