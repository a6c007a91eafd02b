import { randomBytes } from 'node:crypto';
import type { Logger } from '../../kit/log.ts';
import type { Pool } from '../postgres/index.ts';
import type { FeedTransaction } from './decoder.ts';
import type { Feed, FeedEvent, FeedListener } from './index.ts';
import type { Lsn } from './lsn.ts';
import { openReplication, type Stream } from './replication.ts';
import { createSlot, watchWalHead } from './slots.ts';
import { untilSeen } from './snapshot.ts';
import { supervise } from './supervise.ts';

export interface FeedDeps {
  url: string;
  /** For looking around while the feed's own connection streams. */
  sql: Pool;
  logger: Logger;
}

/** The live feed of this process. Several may run in one process; each has a connection and a slot of its own. */
export function createFeed({ url, sql, logger }: FeedDeps): Feed {
  const stopping = new AbortController();
  let listeners: readonly FeedListener[] = [];
  /** `new` until live for the first time: nobody needs to be told then. */
  let health: 'new' | 'live' | 'broken' = 'new';
  let stream: Stream | null = null;
  let running: Promise<void> | null = null;
  let received: Lsn = 0n;
  let walHead: ReturnType<typeof watchWalHead> | null = null;
  let events = 0;
  let breaks = 0;

  /** No listener's error reaches another listener or the feed. */
  function tell(to: readonly FeedListener[], call: (listener: FeedListener) => void): void {
    for (const listener of to) {
      try {
        call(listener);
      } catch (err) {
        logger.error({ err }, 'A listener of the feed threw.');
      }
    }
  }

  function give(batch: readonly FeedEvent[]): void {
    events += batch.length;
    tell(listeners, (listener) => listener.events(batch));
  }

  /** One life of the feed: connect, make a slot, stream until it breaks. */
  async function live(signal: AbortSignal, alive: () => void): Promise<void> {
    const replication = await openReplication(url, 'plaza-feed', signal);
    /** What waits behind a change of access that is not seen yet; null: nothing waits. */
    let waiting: { batch: readonly FeedEvent[]; transaction: FeedTransaction | null }[] | null = null;

    async function handOn(from: Stream): Promise<void> {
      for (let next = waiting?.shift(); next; next = waiting?.shift()) {
        if (next.transaction && changesAccess(next.transaction)) await untilSeen(sql, next.transaction.xid, logger, () => stream === from);
        if (stream !== from) return;
        give(next.batch);
      }
      waiting = null;
      from.resume();
    }

    function take(batch: readonly FeedEvent[], transaction: FeedTransaction | null): void {
      if (waiting) waiting.push({ batch, transaction });
      else if (transaction && stream && changesAccess(transaction)) {
        waiting = [{ batch, transaction }];
        stream.pause();
        handOn(stream).catch((err: unknown) => logger.error({ err }, 'The feed could not be handed on.'));
      } else give(batch);
    }

    try {
      const slot = `plaza_live_${randomBytes(8).toString('hex')}`;
      const from = await createSlot(replication, slot, { temporary: true, sql, logger, signal });
      await replication.stream(slot, from, {
        started(started) {
          stream = started;
          received = from;
          const mended = health === 'broken';
          health = 'live';
          if (mended) tell(listeners, (listener) => listener.mended());
          logger.info({ slot }, mended ? 'The feed runs again.' : 'The feed runs.');
          alive();
        },
        transaction(transaction) {
          received = transaction.end;
          stream?.confirm(transaction.end);
          take(transaction.events, transaction);
        },
        hint: (event) => take([event], null),
        idle(walEnd) {
          received = walEnd;
          stream?.confirm(walEnd);
        },
      });
    } finally {
      replication.close();
      stream = null;
      if (health === 'live') {
        health = 'broken';
        breaks++;
        if (!signal.aborted) tell(listeners, (listener) => listener.broken());
      }
    }
  }

  return {
    start() {
      if (running !== null) throw new Error('The feed was started before.');
      const watched = watchWalHead(sql, logger);
      walHead = watched;
      return new Promise((resolve, reject) => {
        running = supervise({
          live: (signal) => live(signal, resolve),
          complaint: 'The feed is broken.',
          logger,
          signal: stopping.signal,
        }).finally(() => {
          watched.stop();
          reject(new Error('The feed was stopped before it was live.'));
        });
      });
    },
    listen(listener) {
      listeners = [...listeners, listener];
      if (health === 'broken') tell([listener], (late) => late.broken());
      return () => {
        listeners = listeners.filter((other) => other !== listener);
      };
    },
    state: () => ({ live: health === 'live', lagBytes: walHead?.behind(received) ?? 0, events, breaks }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function changesAccess(transaction: FeedTransaction): boolean {
  return transaction.events.some((event) => event.topic.kind === 'access');
}
