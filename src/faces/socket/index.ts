import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Doors } from '../../domains/doors.ts';
import { giveBack } from '../../kit/garbage.ts';
import type { Logger } from '../../kit/log.ts';
import type { Metrics } from '../../kit/metrics.ts';
import { createCounts, exposeCounts } from './counts.ts';
import type { DeliveryTiming } from './delivery.ts';
import { spread } from './door.ts';
import { eventRoutes } from './events.ts';
import { createHub, type Hub } from './hub.ts';
import { createLive, type Live, type LiveDeps } from './live.ts';
import { awaitLulls } from './lull.ts';
import { createOnlookers } from './onlookers.ts';
import { createPages } from './pages.ts';
import { createPresence } from './presence.ts';
import { createRegistry } from './registry.ts';
import type { Session } from './session.ts';
import { defaultSocketSettings, type SocketSettings } from './settings.ts';
import { createWebSockets } from './websocket.ts';
import { createWheel } from './wheel.ts';

export type { Live } from './live.ts';
export type { SocketSettings } from './settings.ts';

export interface SocketDeps {
  doors: Doors;
  feed: { listen(listener: Pick<Hub, 'events' | 'broken' | 'mended'>): () => void } & LiveDeps['feed'];
  logger: Logger;
  metrics: Metrics;
  settings?: Partial<SocketSettings>;
  timing?: Partial<DeliveryTiming>;
}

/** Live conversation: WebSockets, server-sent events and long polling, all on one hub. */
export interface SocketFace {
  /** A request to `/socket` that wants to become a WebSocket. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, address: string): void;
  /** `GET /v1/events`. */
  routes(app: FastifyInstance): void;
  /** For other faces of this process. */
  live: Live;
  /** Lets nobody in, answers what was asked, tells everyone to come back later, spread over some seconds. */
  drain(): Promise<void>;
}

/** So many may come back to the next server in a second. */
const comingBackPerSecond = 500;
/** Requests that run have so long to be answered. */
const drainMs = 2000;

export function createSocketFace({ doors, feed, logger, metrics, settings: given, timing }: SocketDeps): SocketFace {
  const settings = { ...defaultSocketSettings, ...given };
  const counts = createCounts();
  const onFlush = exposeCounts(metrics, counts, () => hub);
  const registry = createRegistry();
  const hub = createHub({ conversations: doors.conversations, logger, registry, onFlush, ...(timing && { timing }) });
  const wheel = createWheel();
  const presence = createPresence({ people: doors.people, wheel, logger, settings, changed: (person) => onlookers.changed(person) });
  const onlookers = createOnlookers({ registry, wheel, isOnline: presence.isOnline });
  const sessions = new Set<Session>();
  let draining = false;
  const pages = createPages({ conversations: doors.conversations, hub, wheel });
  const deps = { doors, hub, pages, presence, onlookers, wheel, logger, settings, counts, sessions, isDraining: () => draining };
  const webSockets = createWebSockets(deps);
  awaitLulls({ wheel, counts, deliveries: () => hub.counts().deliveries, rest: tidy });
  const deafen = feed.listen({
    events(batch) {
      hub.events(batch);
      // After the hub: whose access is in doubt is not told who is online either.
      for (const event of batch) {
        if (event.topic.kind === 'access') onlookers.access(JSON.parse(event.bytes.toString()));
        else presence.heard(event);
      }
    },
    broken() {
      hub.broken();
      presence.broken();
    },
    mended() {
      hub.mended();
      presence.mended();
    },
  });

  function tidy(): void {
    const began = performance.now();
    giveBack().then(
      () => logger.debug({ ms: Math.round(performance.now() - began), clients: registry.clients.size }, 'Gave back memory'),
      (err: unknown) => logger.warn({ err }, 'Memory could not be given back'),
    );
  }

  return {
    upgrade: webSockets.upgrade,
    routes: (app) => eventRoutes(app, deps),
    live: createLive({ ...deps, feed }),
    async drain() {
      draining = true;
      const over = Math.min(30, Math.max(2, sessions.size / comingBackPerSecond));
      const late = setTimeout(() => {
        for (const session of sessions) session.bye('draining', spread(over));
      }, drainMs);
      await Promise.all([...sessions].map((session) => session.finish('draining', spread(over))));
      clearTimeout(late);
      deafen();
      hub.stop();
      wheel.stop();
      await presence.stop();
    },
  };
}
