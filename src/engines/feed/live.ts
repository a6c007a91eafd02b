import { randomBytes } from 'node:crypto';
import type { Logger } from '../../kit/log.ts';
import type { Pool } from '../postgres/index.ts';
import type { FeedTransaction } from './decoder.ts';
import type { Feed, FeedEvent, FeedListener } from './index.ts';
import { createInSight } from './inSight.ts';
import type { Lsn } from './lsn.ts';
import { openReplication, type Stream } from './replication.ts';
import { createSlot, watchWalHead } from './slots.ts';
import { supervise } from './supervise.ts';

export interface FeedDeps {
  url: string;
  /** For looking around while the feed's own connection streams. */
  sql: Pool;
  logger: Logger;
}

/** A stream as far as it has been read: up to `upTo`, and without a gap since `from`. */
interface Source {
  from: Lsn;
  upTo: Lsn;
}

/**
 * The live feed of this process. Several may run in one process; each has a connection and a slot of its own, unless
 * another reader carries it. Two streams may bring the same for a while: what lies before `position` has been given and
 * is passed over, and only a stream without a gap since then may go on from there.
 */
export function createFeed({ url, sql, logger }: FeedDeps): Feed {
  const stopping = new AbortController();
  let listeners: readonly FeedListener[] = [];
  /** `new` until live for the first time: nobody needs to be told then. */
  let health: 'new' | 'live' | 'broken' = 'new';
  let position: Lsn = 0n;
  let own: (Source & { stream: Stream; close(): void }) | null = null;
  let carrier: (Source & { paused(): boolean; mayLeave: (() => void) | null }) | null = null;
  /** While there is no stream of our own: the carrier wants to leave, or has ended. */
  let carrierGoes: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let walHead: ReturnType<typeof watchWalHead> | null = null;
  let events = 0;
  let breaks = 0;

  const inSight = createInSight({
    sql,
    logger,
    give(batch) {
      events += batch.length;
      tell(listeners, (listener) => listener.events(batch));
    },
    holds(on) {
      if (on) own?.stream.pause();
      else own?.stream.resume();
    },
  });

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

  function begin(from: Lsn): void {
    position = from;
    const mended = health === 'broken';
    health = 'live';
    if (mended) tell(listeners, (listener) => listener.mended());
  }

  function breakOff(): void {
    inSight.drop();
    if (health !== 'live') return;
    health = 'broken';
    breaks++;
    if (!stopping.signal.aborted) tell(listeners, (listener) => listener.broken());
  }

  /** A source has read on, from what stands at `at` to `next`. */
  function read(source: Source, at: Lsn, next: Lsn, batch: readonly FeedEvent[], transaction: FeedTransaction | null): void {
    source.upTo = next;
    if (health !== 'live') source.from = next;
    else if (at >= position) {
      // What lies between comes by the other stream, so this is where this one may be gone on with.
      if (position < source.from) source.from = next;
      else {
        position = next;
        if (batch.length > 0) inSight.take(batch, transaction);
      }
    }
    oneIsEnough();
  }

  /** Lets go of the own stream when the carrier has come as far, and of a carrier that waits to leave the other way round. */
  function oneIsEnough(): void {
    if (!own || !carrier) return;
    if (carrier.mayLeave) {
      if (own.from <= position) dismiss();
    } else if (carrier.from <= position && carrier.upTo >= position && !carrier.paused()) {
      logger.debug('The feed is carried by another reader of this process.');
      own.close();
      own = null;
    }
  }

  function dismiss(): void {
    carrier?.mayLeave?.();
    carrier = null;
  }

  /** Reads a slot of our own. Resolves when the carrier has taken over. @throws when the stream breaks */
  async function readOwn(signal: AbortSignal, alive: () => void): Promise<void> {
    const replication = await openReplication(url, 'plaza-feed', signal);
    let mine: typeof own = null;
    try {
      const slot = `plaza_live_${randomBytes(8).toString('hex')}`;
      const from = await createSlot(replication, slot, { temporary: true, sql, logger, signal });
      await replication.stream(slot, from, {
        started(stream) {
          mine = own = { from, upTo: from, stream, close: replication.close };
          logger.info({ slot }, health === 'broken' ? 'The feed runs again.' : 'The feed runs.');
          if (health !== 'live') begin(from);
          alive();
        },
        transaction(transaction) {
          own?.stream.confirm(transaction.end);
          if (own) read(own, transaction.commit, transaction.end, transaction.events, transaction);
        },
        hint(event, end) {
          if (own) read(own, end - 1n, end, [event], null);
        },
        idle(walEnd) {
          own?.stream.confirm(walEnd);
          if (own) read(own, walEnd, walEnd, [], null);
        },
      });
    } catch (error) {
      if (mine === null || mine === own) throw error;
    } finally {
      replication.close();
      own = null;
    }
  }

  /** Resolves when the carrier wants to leave or has ended. */
  async function carried(signal: AbortSignal): Promise<void> {
    if (!carrier || carrier.mayLeave || signal.aborted) return;
    await new Promise<void>((resolve) => {
      carrierGoes = resolve;
      signal.addEventListener('abort', carrierGoes);
    });
    signal.removeEventListener('abort', carrierGoes ?? (() => {}));
    carrierGoes = null;
  }

  async function live(signal: AbortSignal, alive: () => void): Promise<void> {
    try {
      while (!signal.aborted) {
        await readOwn(signal, alive);
        await carried(signal);
      }
    } finally {
      breakOff();
      if (carrier?.mayLeave) dismiss();
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
    carriedBy(from, paused) {
      const mine: NonNullable<typeof carrier> = { from, upTo: from, paused, mayLeave: null };
      carrier ??= mine;
      const isNeeded = () => carrier === mine && own === null && health === 'live';
      return {
        transaction(transaction) {
          if (carrier === mine) read(mine, transaction.commit, transaction.end, transaction.events, transaction);
        },
        hint(event, end) {
          if (carrier === mine) read(mine, end - 1n, end, [event], null);
        },
        idle(walEnd) {
          if (carrier === mine) read(mine, walEnd, walEnd, [], null);
        },
        isNeeded,
        async release() {
          if (!isNeeded()) return;
          await new Promise<void>((resolve) => {
            mine.mayLeave = resolve;
            carrierGoes?.();
          });
        },
        ended() {
          if (carrier !== mine) return;
          carrier = null;
          if (own && own.from <= position) return;
          breakOff();
          if (own) own.close();
          else carrierGoes?.();
        },
      };
    },
    seen: inSight.seen,
    state: () => ({ live: health === 'live', lagBytes: walHead?.behind(position) ?? 0, events, breaks }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
