import type { Logger } from '../../kit/log.ts';
import type { Pool, Transaction } from '../postgres/index.ts';
import { beginAt, forgetPosition, type Handle, positionOf } from './apply.ts';
import type { FeedTransaction } from './decoder.ts';
import type { Feed } from './index.ts';
import { formatLsn, type Lsn, parseLsn } from './lsn.ts';
import { openReplication, type Replication, ReplicationError, type Stream } from './replication.ts';
import { settle } from './settle.ts';
import { createSlot, slotName, watchWalHead } from './slots.ts';
import { pauseFor, supervise } from './supervise.ts';

export interface DurableReaderDeps {
  url: string;
  sql: Pool;
  logger: Logger;
  /** Lower-case letters; part of the slot's name and the key of the position. */
  name: string;
  /**
   * Called with the events of one or more transactions in commit order, hints left out. What it writes through `tx`
   * commits together with the reader's position, so each event takes effect exactly once. Its queries see what the
   * events tell of. If it throws, it is asked again; a transaction that it can never handle ends in feed_dead_letters.
   */
  handle: Handle;
  /**
   * Called before the first event of a new slot: the reader's first one, or one made because the old one was lost.
   * What was committed before is not heard (again): rebuild from the tables, or forget. The tables may already hold
   * some of what will be heard.
   */
  restart?(tx: Transaction): Promise<void>;
  /** `handle` needs the events' topics only, and their bytes are not kept until then: they are given empty. */
  topicsOnly?: boolean;
  /** The live feed of this process, to be carried while this one reads. */
  feed?: Pick<Feed, 'carriedBy'>;
  limits?: Partial<DurableLimits>;
}

export interface DurableLimits {
  /** One call of `handle` gets no more than these, unless a single transaction has more. */
  batchEvents: number;
  batchBytes: number;
  /** A batch waits so long for more, or until it is full. */
  gatherMillis: number;
  /** With so much waiting, nothing more is read from the socket; or, while the live feed needs what is read, kept: it is read again. */
  waitingBytes: number;
  /** How often `handle` is asked about a batch before it is taken apart. */
  tries: number;
  /** Pause after the first failed try; it doubles with each. */
  retryMillis: number;
}

const defaultLimits: DurableLimits = {
  batchEvents: 1_000,
  batchBytes: 4_000_000,
  gatherMillis: 0,
  waitingBytes: 16_000_000,
  tries: 4,
  retryMillis: 200,
};

export interface DurableReaderState {
  /** `waiting`: another process reads. `failing`: the last try of a batch failed. `lost`: the slot was, and is made anew. */
  status: 'starting' | 'waiting' | 'running' | 'failing' | 'broken' | 'lost' | 'stopped';
  /** Bytes of write-ahead log that the database has and this reader has not handled yet; 0 where it does not read. */
  lagBytes: number;
  /** Events handled by this process. */
  handled: number;
  /** Transactions that this process gave up and kept in feed_dead_letters. */
  buried: number;
  /** How often this process found the slot lost. */
  losses: number;
}

/** A reader that must not miss anything: its slot outlives the process. */
export interface DurableReader {
  start(): void;
  state(): DurableReaderState;
  /** Waits for the batch that is being handled. */
  stop(): Promise<void>;
}

const takeoverMillis = 1_000;
/** What an event costs in memory beside its bytes. */
const eventOverhead = 300;

/** Of all processes that start a reader of this name one reads; the next takes over when it goes. */
export function createDurableReader(deps: DurableReaderDeps): DurableReader {
  const { url, sql, name } = deps;
  if (!/^[a-z]{1,30}$/.test(name)) throw new Error(`"${name}" cannot name a reader: lower-case letters only.`);
  const limits = { ...defaultLimits, ...deps.limits };
  const logger = deps.logger.child({ reader: name });
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let handledUpTo: Lsn | null = null;
  let walHead: ReturnType<typeof watchWalHead> | null = null;
  const state = { status: 'starting' as DurableReaderState['status'], handled: 0, buried: 0, losses: 0 };

  const settleBatch = settle({
    sql,
    reader: name,
    handle: deps.handle,
    logger,
    tries: limits.tries,
    retryMillis: limits.retryMillis,
    handled: (events) => {
      state.handled += events;
    },
    failed: () => {
      state.status = 'failing';
    },
    buried: () => {
      state.buried++;
    },
  });

  /** One life: be the only reader, find the place, read until it breaks or is stopped. */
  async function live(signal: AbortSignal): Promise<void> {
    const opening = new AbortController();
    const abandon = () => opening.abort();
    signal.addEventListener('abort', abandon);
    let replication: Replication | null = null;
    try {
      replication = await openReplication(url, `plaza-feed-${name}`, opening.signal);
      // Held by the replication connection for as long as it lives.
      const [lock] = await replication.query(
        `select pg_try_advisory_lock(hashtextextended('plaza feed reader ${name}', 0))::text as taken`,
      );
      if (lock?.['taken'] !== 'true') return await waitForOther(signal);
      const slot = await slotName(sql, name);
      const from = await findPlace(replication, slot, opening.signal);
      // From here on stopping is polite: the batch is finished and the server told how far we came.
      signal.removeEventListener('abort', abandon);
      await read(replication, slot, from, signal);
    } catch (error) {
      // The connection of the reader before us has gone, its slot is about to.
      if (error instanceof ReplicationError && error.code === '55006') return await waitForOther(signal);
      state.status = 'broken';
      throw error;
    } finally {
      signal.removeEventListener('abort', abandon);
      replication?.close();
      handledUpTo = null;
    }
  }

  async function waitForOther(signal: AbortSignal): Promise<void> {
    if (state.status !== 'waiting') logger.info('Another process reads; this one waits to take over.');
    state.status = 'waiting';
    await pauseFor(takeoverMillis * (0.5 + Math.random() / 2), signal);
  }

  /** Where to read on. Makes the slot if it is missing or lost, and begins anew on one that has no position. */
  async function findPlace(replication: Replication, slot: string, signal: AbortSignal): Promise<Lsn> {
    const find = () => sql<{ lost: boolean; confirmed: string }[]>`
      select coalesce(wal_status, 'lost') = 'lost' as lost, confirmed_flush_lsn::text as confirmed
      from pg_replication_slots where slot_name = ${slot}`;
    let [found] = await find();
    if (found?.lost) {
      state.status = 'lost';
      state.losses++;
      logger.error(
        { slot },
        'The slot was lost because the server could not keep more of its log; it is made anew and the reader rebuilds.',
      );
      await replication.query(`DROP_REPLICATION_SLOT "${slot}"`);
      found = undefined;
    }
    if (!found) {
      // The position goes first: a slot without one has not been begun on, wherever this is cut short.
      await forgetPosition(sql, name);
      await createSlot(replication, slot, { temporary: false, sql, logger, signal });
      [found] = await find();
    }
    const position = await positionOf(sql, name);
    if (position !== null) return position;
    const beginning = parseLsn(found?.confirmed ?? '');
    await beginAt(sql, name, beginning, deps.restart ?? (async () => {}));
    logger.debug({ slot, from: formatLsn(beginning) }, 'The reader begins anew.');
    return beginning;
  }

  async function read(replication: Replication, slot: string, from: Lsn, signal: AbortSignal): Promise<void> {
    let waiting: FeedTransaction[] = [];
    let waitingBytes = 0;
    let waitingEvents = 0;
    let working: Promise<void> | null = null;
    let stream: Stream | null = null;
    let paused = false;
    const carrier = deps.feed?.carriedBy(from, () => paused);
    /** Something was not kept: nothing after it may be, and it is read again by a stream that begins anew. */
    let behind = false;
    /** Aborted when a batch is full: it is not waited for any longer. */
    let full = new AbortController();
    const ended = new AbortController();
    const stop = AbortSignal.any([signal, ended.signal]);

    /** There is more than can be kept. The live feed must not wait for that. */
    function holdBack(): void {
      if (!carrier?.isNeeded()) {
        paused = true;
        stream?.pause();
        return;
      }
      behind = true;
      logger.warn('The reader is too slow for what is written; it goes on from where it stands with a stream of its own.');
      void carrier.release().then(() => stream?.close());
    }

    const isFull = () => waitingEvents >= limits.batchEvents || waitingBytes >= limits.batchBytes;

    function nextBatch(): FeedTransaction[] {
      let events = 0;
      let bytes = 0;
      let count = 0;
      for (const transaction of waiting) {
        events += transaction.events.length;
        bytes += transaction.bytes;
        if (count > 0 && (events > limits.batchEvents || bytes > limits.batchBytes)) break;
        count++;
      }
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      waitingBytes -= batch.reduce((sum, transaction) => sum + cost(transaction), 0);
      waitingEvents -= batch.reduce((sum, transaction) => sum + transaction.events.length, 0);
      return batch;
    }

    async function work(): Promise<void> {
      try {
        while (waiting.length > 0) {
          if (limits.gatherMillis > 0 && !isFull()) {
            full = new AbortController();
            await pauseFor(limits.gatherMillis, AbortSignal.any([stop, full.signal]));
          }
          const batch = nextBatch();
          if (!(await settleBatch(batch, stop))) return;
          state.status = 'running';
          handledUpTo = batch.at(-1)?.end ?? from;
          stream?.confirm(handledUpTo);
          if (paused && waitingBytes <= limits.waitingBytes / 2) {
            paused = false;
            stream?.resume();
          }
        }
      } catch (err) {
        logger.error({ err }, 'The reader could not go on.');
        replication.close();
      } finally {
        working = null;
      }
    }

    const close = () => stream?.close();
    try {
      await replication.stream(slot, from, {
        started(started) {
          stream = started;
          state.status = 'running';
          handledUpTo = from;
          logger.debug({ slot, from: formatLsn(from) }, 'The reader reads.');
          if (signal.aborted) close();
          else signal.addEventListener('abort', close);
        },
        transaction(transaction) {
          carrier?.transaction(transaction);
          if (transaction.commit < from || behind) return;
          const kept = deps.topicsOnly ? withoutBytes(transaction) : transaction;
          waiting.push(kept);
          waitingBytes += cost(kept);
          waitingEvents += kept.events.length;
          if (waitingBytes > limits.waitingBytes) holdBack();
          if (isFull()) full.abort();
          working ??= work();
        },
        hint: (event, end) => carrier?.hint(event, end),
        idle(walEnd) {
          carrier?.idle(walEnd);
          if (working !== null || behind) return;
          handledUpTo = walEnd;
          stream?.confirm(walEnd);
        },
      });
    } finally {
      signal.removeEventListener('abort', close);
      carrier?.ended();
      ended.abort();
      await working;
    }
  }

  return {
    start() {
      if (running !== null) throw new Error('The reader was started before.');
      const watched = watchWalHead(sql, logger);
      walHead = watched;
      running = supervise({ live, complaint: 'The reader is broken.', logger, signal: stopping.signal }).finally(() => {
        watched.stop();
        state.status = 'stopped';
      });
    },
    state: () => ({ ...state, lagBytes: handledUpTo === null ? 0 : (walHead?.behind(handledUpTo) ?? 0) }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const noBytes = Buffer.alloc(0);

function withoutBytes(transaction: FeedTransaction): FeedTransaction {
  return { ...transaction, events: transaction.events.map(({ topic }) => ({ topic, bytes: noBytes })), bytes: 0 };
}

function cost(transaction: FeedTransaction): number {
  return transaction.bytes + eventOverhead * transaction.events.length;
}
