import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import type { Sql } from 'postgres';
import { errors, PlazaError } from '../../contracts/errors.ts';
import type { Doors } from '../domains/doors.ts';
import { createAnswers } from '../kit/answers.ts';
import type { Metrics } from '../kit/metrics.ts';
import { type TrustProxy, trusts } from './http/address.ts';
import { avatarPictures } from './http/avatars.ts';
import { knowCallers } from './http/caller.ts';
import { refuseConnection } from './http/connection.ts';
import { docsPage } from './http/docs.ts';
import { knowDraining } from './http/draining.ts';
import { sendHeaders } from './http/headers.ts';
import { type HealthDeps, healthRoutes } from './http/health.ts';
import { readJson } from './http/json.ts';
import { knowMethods } from './http/methods.ts';
import { pageRoutes } from './http/pages/index.ts';
import { foreseen, sendRefusal } from './http/problem.ts';
import { routeUpgrades, type Upgrades } from './http/upgrades.ts';
import { isRequestId, watch } from './http/watch.ts';
import { createLimits, type Rates } from './limits.ts';
import { describe, restFace } from './rest/index.ts';
import { type BuiltPage, createWebFace } from './web/index.ts';

export interface ServerOptions {
  doors: Doors;
  socket: Upgrades & { routes(app: FastifyInstance): void | Promise<void> };
  graphql: Upgrades & { mount(app: FastifyInstance): void | Promise<void> };
  feed: HealthDeps['feed'];
  slots: HealthDeps['slots'];
  readers: HealthDeps['readers'];
  sql: Sql;
  logger: FastifyBaseLogger;
  metrics: Metrics;
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** The address by which people reach this server, without a slash at its end. */
  publicUrl: string;
  trustProxy: TrustProxy;
  rates: Rates;
  /** Other web origins that may call; `*` for any. */
  allowedOrigins: readonly string[];
  /** The web page; null to serve without. */
  page: BuiltPage | null;
  /** Seals answers kept for Idempotency-Key; the same in all processes of one database. */
  secret: string;
}

export interface Server {
  /** @throws what Node says when the port is in use or may not be taken */
  listen(): Promise<{ port: number; url: string }>;
  /** Takes no new connection, finishes what runs, cuts what is left after 4 s. */
  drain(): Promise<void>;
  app: FastifyInstance;
}

const bodyBytes = 256 * 1024;
const sweepMinutes = 60;
/** Connections that may wait to be taken, as far as the system lets; Node's own 511 are too few when thousands come back at once. */
const backlog = 65_535;

/** What a face adds (parsers, hooks) is for its own routes only. */
function inOwnScope(mount: (scope: FastifyInstance) => void | Promise<void>): FastifyPluginAsync {
  return async (scope) => mount(scope);
}

/** The one HTTP server: all faces, pages and probes. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { doors, socket, graphql, feed, slots, readers, sql, logger, metrics, publicUrl } = options;
  const trusted = trusts(options.trustProxy);
  const answers = createAnswers(sql);

  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => (isRequestId(request.headers['x-request-id']) ? request.headers['x-request-id'] : randomUUID()),
    trustProxy: trusted,
    bodyLimit: bodyBytes,
    // A request must have come wholly within half a minute, its header fields within ten seconds.
    requestTimeout: 30_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    // Addresses that are none, before any hook.
    frameworkErrors(error, request, reply) {
      const refusal = foreseen(error) ?? new PlazaError('invalid_input');
      request.log.info({ method: request.method, status: errors[refusal.code].http }, 'answered');
      return sendRefusal(refusal, request, reply, publicUrl);
    },
    clientErrorHandler: refuseConnection,
  });

  app.setErrorHandler((error, request, reply) => {
    const refusal = foreseen(error);
    if (!refusal) request.log.error({ err: error }, 'a request failed');
    else if (refusal !== error && errors[refusal.code].http >= 500) request.log.warn({ err: error }, 'a request could not be served');
    return sendRefusal(refusal ?? new PlazaError('internal'), request, reply, publicUrl);
  });
  readJson(app);
  sendHeaders(app, options.allowedOrigins);
  watch(app, metrics);
  knowCallers(app, { accounts: doors.accounts, limits: createLimits(options.rates) });
  const draining = knowDraining(app);
  const web = createWebFace(options);
  knowMethods(app, web.nowhere);

  await describe(app);
  healthRoutes(app, { feed, slots, readers, metrics, isDraining: draining.isOn });
  pageRoutes(app);
  web.routes(app);
  await docsPage(app);
  avatarPictures(app, doors.people);
  app.get('/.well-known/jwks.json', { schema: { hide: true } }, async (_request, reply) => {
    return reply.header('cache-control', 'public, max-age=300').send(await doors.accounts.jwks());
  });
  await restFace(app, { doors, answers, secret: options.secret });
  await app.register(inOwnScope((scope) => socket.routes(scope)));
  await app.register(inOwnScope((scope) => graphql.mount(scope)));

  routeUpgrades(app, { '/socket': socket, '/graphql': graphql }, { trusted, draining });

  const sweeping = setInterval(() => {
    answers.sweep().catch((err: unknown) => logger.warn({ err }, 'old answers could not be forgotten'));
  }, sweepMinutes * 60_000).unref();

  return {
    app,
    async listen() {
      await app.listen({ host: options.host, port: options.port, backlog });
      const address = app.server.address();
      const port = typeof address === 'object' && address ? address.port : options.port;
      return { port, url: publicUrl };
    },
    async drain() {
      clearInterval(sweeping);
      await draining.drain();
    },
  };
}
