import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { PlazaError } from '../../../contracts/errors.ts';
import { pathOf } from './problem.ts';

/** Seconds that running requests and open connections have to come to an end. */
const patience = 4;

export interface Draining {
  isOn(): boolean;
  /** Something runs on this connection: it is cut when it does not end in time. */
  track(connection: Duplex): void;
  /** Takes no new connection, finishes what runs, cuts what is left. */
  drain(): Promise<void>;
}

/** How the server comes to its end. Call it before the routes are made. */
export function knowDraining(app: FastifyInstance): Draining {
  let on = false;
  const open = new Set<Duplex>();

  function track(connection: Duplex): void {
    if (open.has(connection)) return;
    open.add(connection);
    connection.on('close', forget);
  }
  /** One for all: there are many thousands. */
  function forget(this: Duplex): void {
    open.delete(this);
  }

  app.addHook('onRequest', async (request) => {
    track(request.raw.socket);
    if (!on || pathOf(request) === '/healthz' || pathOf(request) === '/readyz') return;
    throw new PlazaError('unavailable', 'This server is stopping; another one or the next one answers.', { retryAfter: 1 });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (on) reply.header('connection', 'close');
  });

  return {
    isOn: () => on,
    track,
    async drain() {
      on = true;
      const tooLate = new AbortController();
      const waited = sleep(patience * 1000, 'too late', { signal: tooLate.signal }).catch(() => 'in time');
      if ((await Promise.race([app.close(), waited])) === 'too late') {
        for (const connection of open) connection.destroy();
        app.server.closeAllConnections();
      }
      tooLate.abort();
    },
  };
}
