import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createYoga } from 'graphql-yoga';
import { closes, PlazaError } from '../../../contracts/errors.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Logger } from '../../kit/log.ts';
import type { Metrics } from '../../kit/metrics.ts';
import { createLimits, defaultRates, type Rates } from '../limits.ts';
import { type Caller, type Context, createContext } from './context.ts';
import { coded, isUnforeseen, rootOf } from './errors.ts';
import { sendGraphiql } from './graphiql.ts';
import { createDocumentCache, defaultLimits, type GraphqlLimits } from './limits.ts';
import type { Live } from './live.ts';
import { createSchema } from './schema.ts';
import { watchOperations } from './watch.ts';
import { createWebsocket } from './websocket.ts';

export interface GraphqlFaceDeps {
  doors: Doors;
  /** How often callers may ask over websockets; by HTTP the server counts. */
  rates?: Rates | undefined;
  live: Live;
  logger: Pick<Logger, 'error' | 'debug'>;
  metrics: Metrics;
  limits?: Partial<GraphqlLimits> | undefined;
}

/** GraphQL on `/graphql`: queries and mutations by HTTP, subscriptions by server-sent events or graphql-transport-ws. */
export interface GraphqlFace {
  mount(app: FastifyInstance): void;
  /** A websocket on `/graphql`, from this network address. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void;
  /** Ends subscriptions and tells websockets to come back. What is being executed comes to its end. */
  drain(): Promise<void>;
}

/** Milliseconds that a websocket has to say goodbye. */
const goodbye = 1000;

export function createGraphqlFace({ doors, live, logger, metrics, ...deps }: GraphqlFaceDeps): GraphqlFace {
  const limits = { ...defaultLimits, ...deps.limits };
  /** One for each request and websocket: ends its subscriptions. */
  const endings = new Set<AbortController>();
  const draining = new PlazaError('unavailable', closes.draining.sentence, { retryAfter: 1 });
  let isDraining = false;
  const subscriptions = { open: 0 };
  const yoga = createYoga<{ caller: Caller }, Context>({
    schema: createSchema(),
    context: ({ caller }) => createContext({ doors, live, subscriptions }, caller),
    plugins: [watchOperations({ limits, logger, metrics })],
    maskedErrors: {
      maskError(error) {
        if (isUnforeseen(error)) logger.error({ err: rootOf(error) }, 'A GraphQL request failed.');
        return coded(error);
      },
    },
    graphqlEndpoint: '/graphql',
    maxRequestBodySize: false,
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    multipart: false,
    batching: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    logging: false,
  });
  const websocket = createWebsocket({
    accounts: doors.accounts,
    engineFor: (caller) => yoga.getEnveloped({ caller }),
    limits,
    logger,
    rates: createLimits(deps.rates ?? defaultRates),
    endings,
  });
  metrics.gauge('plaza_graphql_subscriptions', 'GraphQL subscriptions open now, on all transports.', () => subscriptions.open);
  metrics.gauge('plaza_graphql_websockets', 'GraphQL websocket connections open now.', websocket.connections);

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // Before anything is done: an answer that may not be told would have changed things all the same.
    if (!understood.test(request.headers.accept ?? '*/*')) throw notAcceptable();
    const ending = new AbortController();
    endings.add(ending);
    if (isDraining) ending.abort(draining);
    reply.raw.once('close', () => {
      endings.delete(ending);
      // What was answered wholly has nothing left to end. Without a reason an error is made for one, with its stack.
      if (!reply.raw.writableFinished) ending.abort(null);
    });
    const caller: Caller = {
      authorization: request.headers.authorization,
      // Somebody with a token for whom no caller was found gets to know why.
      who: request.headers.authorization !== undefined && request.who.role === 'guest' ? undefined : request.who,
      address: request.ip,
      signal: ending.signal,
      requestId: request.id,
    };
    const asked: RequestInit = { method: request.method, headers: headersOf(request) };
    if (request.body instanceof Buffer) asked.body = new Uint8Array(request.body);
    const [, ...search] = request.url.split('?');
    const response = await yoga.fetch(`http://plaza/graphql?${search.join('?')}`, asked, { caller });
    if (response.status === 406) throw notAcceptable();
    reply.code(response.status);
    for (const [name, value] of response.headers) if (!hopByHop.has(name)) reply.header(name, value);
    if (response.headers.get('content-type') !== 'text/event-stream') return reply.send(await response.text());
    // A proxy that gathers answers would keep events back.
    return reply.header('x-accel-buffering', 'no').send(response.body);
  }

  return {
    mount(app) {
      app.register(async (scope) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
          done(null, body),
        );
        scope.get('/graphql', (request, reply) => (wantsPage(request) ? sendGraphiql(request, reply) : answer(request, reply)));
        // JSON alone: a form on another site can send anything else without asking first.
        scope.post('/graphql', (request, reply) => {
          if (request.body === undefined) throw new PlazaError('unsupported');
          return answer(request, reply);
        });
      });
    },
    upgrade: websocket.upgrade,
    async drain() {
      isDraining = true;
      for (const ending of endings) ending.abort(draining);
      await websocket.drain(goodbye);
      await yoga.dispose();
    },
  };
}

/** In what an answer can be told: JSON of one name or another, events. */
const understood = /json|text\/event-stream|multipart\/mixed|(\*|application|text)\/\*/i;

function notAcceptable(): PlazaError {
  return new PlazaError(
    'unsupported',
    'Answers are JSON and those of subscriptions are events; accept application/json or text/event-stream.',
  );
}

/** Fields of one connection, which the server sets itself. */
const hopByHop = new Set(['connection', 'content-length', 'transfer-encoding', 'content-encoding']);

/** A browser that opens the address, and does not ask a question by it. */
function wantsPage(request: FastifyRequest): boolean {
  return /\btext\/html\b/.test(request.headers.accept ?? '') && !/[?&]query=/.test(request.url);
}

function headersOf(request: FastifyRequest): [string, string][] {
  return Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
}
