import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { handleProtocols, makeServer, type OperationResult } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { closes, PlazaError } from '../../../contracts/errors.ts';
import type { Accounts } from '../../domains/accounts/index.ts';
import type { Logger } from '../../kit/log.ts';
import { bearer } from '../http/caller.ts';
import type { Limits } from '../limits.ts';
import type { Caller, Context } from './context.ts';
import { codedFrame, isUnforeseen, rootOf } from './errors.ts';
import type { GraphqlLimits } from './limits.ts';

/** What it takes to run an operation, with all that holds for operations wrapped around it. */
export interface Engine {
  parse(source: string): ExecutionArgs['document'];
  validate(schema: ExecutionArgs['schema'], document: ExecutionArgs['document']): readonly GraphQLError[];
  contextFactory(): Promise<Context> | Context;
  schema: ExecutionArgs['schema'];
  execute(args: ExecutionArgs): OperationResult;
  subscribe(args: ExecutionArgs): OperationResult;
}

interface Extra {
  socket: WebSocket;
  address: string;
  signal: AbortSignal;
  requestId: string;
  authorization: string | undefined;
}

export interface WebsocketDeps {
  accounts: Pick<Accounts, 'authenticate'>;
  engineFor(caller: Caller): Engine;
  limits: GraphqlLimits;
  rates: Limits;
  logger: Pick<Logger, 'error' | 'debug'>;
  /** Aborted when the server drains. */
  endings: Set<AbortController>;
}

/** The close code of RFC 6455's registry that clients of this protocol come back after. */
const tryAgainLater = 1013;

/** Seconds between pings; who does not answer until the next one is cut off. */
const pingSeconds = 20;

/** The GraphQL over WebSocket protocol (graphql-transport-ws). */
export function createWebsocket({ accounts, engineFor, limits, rates, logger, endings }: WebsocketDeps) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes, perMessageDeflate: false, handleProtocols });
  const awake = new WeakSet<WebSocket>();
  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!awake.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, pingSeconds * 1000);
  pings.unref();

  const server = makeServer<{ token?: unknown; Authorization?: unknown; authorization?: unknown }, Extra>({
    connectionInitWaitTimeout: limits.initSeconds * 1000,
    async onConnect({ connectionParams, extra }) {
      const { token, Authorization, authorization } = connectionParams ?? {};
      const header = Authorization ?? authorization;
      extra.authorization = typeof token === 'string' ? `Bearer ${token}` : typeof header === 'string' ? header : undefined;
      try {
        await accounts.authenticate(bearer(extra.authorization), extra.address);
        return true;
      } catch (error) {
        if (!(error instanceof PlazaError)) throw error;
        extra.socket.close(4403, error.code);
        return false;
      }
    },
    async onSubscribe({ subscriptions, extra }, _id, { query, operationName, variables }) {
      try {
        if (Object.keys(subscriptions).length > limits.operations) {
          throw new PlazaError('too_many_requests', `At most ${limits.operations} operations at once on one connection.`, {
            retryAfter: 1,
          });
        }
        const { address, signal, requestId, authorization } = extra;
        const engine = engineFor({ address, signal, requestId, authorization });
        const contextValue = await engine.contextFactory();
        const { allowed, retryAfter } = rates.take(contextValue.who);
        if (!allowed) throw new PlazaError('too_many_requests', undefined, { retryAfter });
        const document = engine.parse(query);
        const wrong = engine.validate(engine.schema, document);
        if (wrong.length > 0) return wrong;
        return { schema: engine.schema, document, operationName, variableValues: variables, contextValue, rootValue: engine };
      } catch (error) {
        return [error instanceof GraphQLError ? error : codedFrame(error)];
      }
    },
    execute: (args) => engineOf(args).execute(args),
    subscribe: (args) => engineOf(args).subscribe(args),
    onNext(_connection, _id, _payload, _args, { data, errors }) {
      if (!errors) return;
      return { ...(data !== undefined && { data }), errors: errors.map((error) => codedFrame(error).toJSON()) };
    },
    onError: ({ extra }, _id, _payload, failed) =>
      failed.map((error) => {
        if (isUnforeseen(error)) logger.error({ err: rootOf(error), requestId: extra.requestId }, 'A GraphQL operation failed.');
        return codedFrame(error, extra.requestId).toJSON();
      }),
  });

  function opened(socket: WebSocket, address: string): void {
    const ending = new AbortController();
    endings.add(ending);
    const extra: Extra = {
      socket,
      address,
      signal: ending.signal,
      requestId: randomUUID(),
      authorization: undefined,
    };
    awake.add(socket);
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) resolve();
            else socket.send(data, (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (heard) =>
          socket.on('message', (data) => {
            heard(String(data)).catch((err) => {
              if (socket.readyState !== socket.OPEN) return;
              logger.error({ err, requestId: extra.requestId }, 'A GraphQL websocket message failed.');
              socket.close(tryAgainLater, 'unavailable');
            });
          }),
      },
      extra,
    );
    socket.on('pong', () => awake.add(socket));
    socket.on('error', (err) => logger.debug({ err, requestId: extra.requestId }, 'A GraphQL websocket broke.'));
    socket.once('close', (code, reason) => {
      endings.delete(ending);
      ending.abort();
      closed(code, String(reason)).catch((err) =>
        logger.error({ err, requestId: extra.requestId }, 'A GraphQL websocket did not end well.'),
      );
    });
  }

  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
      sockets.handleUpgrade(request, socket, head, (websocket) => opened(websocket, address));
    },
    connections: () => sockets.clients.size,
    /** Tells everyone to come back, and cuts off who does not say goodbye within the time. */
    async drain(milliseconds: number): Promise<void> {
      clearInterval(pings);
      const gone = [...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
      for (const socket of sockets.clients) socket.close(closes.draining.close, 'draining');
      const cut = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, milliseconds);
      await Promise.all(gone);
      clearTimeout(cut);
    },
  };
}

function engineOf(args: ExecutionArgs): Engine {
  return args.rootValue as Engine;
}
