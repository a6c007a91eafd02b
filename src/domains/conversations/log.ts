import { setTimeout as sleep } from 'node:timers/promises';
import { PlazaError } from '../../../contracts/errors.ts';
import { type Pool, sqlState } from '../../engines/postgres/index.ts';
import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import { createLanes, type LaneCounts } from '../../kit/lanes.ts';
import { type Change, type Outcome, writeGroup } from './group.ts';

export interface LogDeps {
  /** A pool of its own with one connection for each lane, so that a group never waits for a connection. */
  sql: Pool;
  /** Groups that may run at the same time; a channel is always in the same one. */
  lanes: number;
  logger: { warn(details: object, text: string): void; error(details: object, text: string): void };
  /** Told of every committed group, for metrics: how many changes, how many seconds. */
  measured?: (changes: number, seconds: number) => void;
}

/** The one way to write: commit groups. */
export interface Log {
  /** Resolves when the change is committed (L3). */
  change(change: Change): Promise<Outcome>;
  counts(): LaneCounts;
  /** Refuses new changes and resolves when all accepted ones are answered. */
  drain(): Promise<void>;
}

/** Largest group. Larger ones gain nothing measurable and make everybody in them wait longer. */
const groupSize = 1000;
/** Changes that may wait in a lane; a second or two of work. Beyond, callers are asked to come back. */
const laneBound = 50_000;
/** How long a group is tried again while the database is away, and how long while this process is stopping. */
const retryMs = 15_000;
const drainMs = 3_000;

/** A group on its way: what is known of it when the connection is lost. */
interface Attempt {
  /** PostgreSQL's id of the transaction; null until it has one. */
  xid: string | null;
  results: (Outcome | PlazaError)[];
}

/**
 * There is no timer: a change goes out at once when its lane is idle, and while one transaction runs the next group
 * gathers, so groups are as large as the load makes them.
 */
export function createLog({ sql, lanes, logger, measured }: LogDeps): Log {
  let stopping = false;

  async function commit(changes: readonly Change[], attempt: Attempt): Promise<void> {
    await sql.begin(async (tx) => {
      const [[row], results] = await Promise.all([
        tx<{ xid: string }[]>`select pg_current_xact_id()::text as xid`,
        writeGroup(tx, changes, Date.now()),
      ]);
      attempt.results = results;
      attempt.xid = row?.xid ?? null;
    });
  }

  /**
   * What became of a transaction whose COMMIT was not answered; PostgreSQL remembers it, over a crash as well.
   * `in progress`: the server has not noticed yet that its client is gone.
   * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
   */
  async function fate(xid: string): Promise<string | null> {
    try {
      const [row] = await sql<{ status: string | null }[]>`select pg_xact_status(${xid}::xid8) as status`;
      return row?.status ?? null;
    } catch (error) {
      // "In the future": this is another server now, a replica that never heard of the transaction.
      if (sqlState(error) === '22023') return 'aborted';
      throw error;
    }
  }

  /** Commits a group whatever happens on the way; every change gets an outcome or a refusal. */
  async function settle(changes: readonly Change[], began = performance.now()): Promise<(Outcome | PlazaError)[]> {
    let last: Attempt = { xid: null, results: [] };
    for (let tries = 0; ; tries++) {
      try {
        // Never written twice: after a lost connection it is first found out what became of the group.
        const before = last.xid === null ? 'aborted' : await fate(last.xid);
        if (before === 'committed') return last.results;
        if (before !== 'in progress') {
          last = { xid: null, results: [] };
          await commit(changes, last);
          return last.results;
        }
      } catch (error) {
        if (!isConnectionLoss(error) && !isConflict(error)) return await divide(changes, error, began);
        logger.warn({ err: error, changes: changes.length }, 'a commit group is tried again');
      }
      if (performance.now() - began > (stopping ? drainMs : retryMs)) {
        logger.error({ changes: changes.length }, 'the log could not reach the database');
        return changes.map(() => new PlazaError('unavailable', notReached, { retryAfter: 1 }));
      }
      await sleep(Math.min(20 * 2 ** tries, 1000));
    }
  }

  /** One poisoned change must fail alone: halves until it stands by itself. In order, since later ones may build on earlier ones. */
  async function divide(changes: readonly Change[], error: unknown, began: number): Promise<(Outcome | PlazaError)[]> {
    if (changes.length > 1 && !isFull(error)) {
      const half = changes.length >> 1;
      return [...(await settle(changes.slice(0, half), began)), ...(await settle(changes.slice(half), began))];
    }
    logger.error({ err: error, channel: changes[0]?.channel }, 'a change could not be written');
    return changes.map(() => refusalFor(error));
  }

  async function run(changes: readonly Change[]): Promise<(Outcome | PlazaError)[]> {
    const began = performance.now();
    const results = await settle(changes);
    measured?.(changes.length, (performance.now() - began) / 1000);
    return results;
  }

  const work = createLanes<Change, Outcome>({ lanes, groupSize, bound: laneBound, run });

  return {
    change: (change) => work.add(change.channel, change),
    counts: work.counts,
    drain() {
      stopping = true;
      return work.drain();
    },
  };
}

const notReached =
  'The database does not answer, and whether this was written is not known. Send it again: with the same key a message is never written twice.';

/** Serialization failure, deadlock, lock timeout: the same group may pass next time. */
function isConflict(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(sqlState(error));
}

/** Class 53: no disk, no memory. It would be the same for every part of the group. */
const isFull = (error: unknown) => sqlState(error).startsWith('53');

/** Class 22 is bad data (a character that PostgreSQL cannot store): the caller's; all else is ours. */
function refusalFor(error: unknown): PlazaError {
  const state = sqlState(error);
  if (state.startsWith('22')) return new PlazaError('invalid_input', 'The text holds something that cannot be stored.');
  if (isFull(error)) return new PlazaError('unavailable', 'The database is out of room or memory; nothing was written.', { retryAfter: 5 });
  return new PlazaError('internal');
}
