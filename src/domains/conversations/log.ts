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
/** How long a group is tried again while the database is away. */
const retrySeconds = 15;

/**
 * There is no timer: a change goes out at once when its lane is idle, and while one transaction runs the next group
 * gathers, so groups are as large as the load makes them.
 */
export function createLog({ sql, lanes, logger, measured }: LogDeps): Log {
  async function commit(changes: readonly Change[]): Promise<(Outcome | PlazaError)[]> {
    const began = performance.now();
    const results = await sql.begin((tx) => writeGroup(tx, changes, Date.now()));
    measured?.(changes.length, (performance.now() - began) / 1000);
    return results;
  }

  /** Commits a group whatever happens on the way; every change gets an outcome or a refusal. */
  async function settle(changes: readonly Change[], until = performance.now() + retrySeconds * 1000): Promise<(Outcome | PlazaError)[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await commit(changes);
      } catch (error) {
        if (isConnectionLoss(error) || isConflict(error)) {
          // After a lost connection nobody knows whether the group was committed. Trying again is safe: posts carry a
          // key and are then answered with the first message (L4), the other plans find all as they want it.
          if (performance.now() > until) {
            logger.error({ err: error, changes: changes.length }, 'the log could not reach the database');
            return changes.map(
              () =>
                new PlazaError('unavailable', 'The database does not answer. Send it again with the same key: it is never written twice.'),
            );
          }
          await sleep(Math.min(20 * 2 ** attempt, 1000));
          continue;
        }
        if (changes.length > 1) {
          // One poisoned change must fail alone: halve until it stands by itself. In order, since later ones may build on earlier ones.
          const half = changes.length >> 1;
          return [...(await settle(changes.slice(0, half), until)), ...(await settle(changes.slice(half), until))];
        }
        logger.error({ err: error, channel: changes[0]?.channel }, 'a change could not be written');
        return [refusalFor(error)];
      }
    }
  }

  const work = createLanes<Change, Outcome>({ lanes, groupSize, bound: laneBound, run: (changes) => settle(changes) });

  return {
    change: (change) => work.add(change.channel, change),
    counts: work.counts,
    drain: work.drain,
  };
}

/** Serialization failure, deadlock, lock timeout: the same group may pass next time. */
function isConflict(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(sqlState(error));
}

/** Class 22 is bad data (a character that PostgreSQL cannot store): the caller's; all else is ours. */
function refusalFor(error: unknown): PlazaError {
  const state = sqlState(error);
  if (state.startsWith('22')) return new PlazaError('invalid_input', 'The text holds something that cannot be stored.');
  if (state.startsWith('53')) return new PlazaError('unavailable', 'The database is out of room or memory; nothing was written.');
  return new PlazaError('internal');
}
