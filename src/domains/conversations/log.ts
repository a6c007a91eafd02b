import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlazaError } from '../../../contracts/errors.ts';
import { type Pool, type Sql, sqlState } from '../../engines/postgres/index.ts';
import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import { createLanes, type LaneCounts } from '../../kit/lanes.ts';
import { createBelieved } from './believed.ts';
import { type Change, decide, type Outcome, writeGroup } from './group.ts';
import { type Written, writePosts } from './groupWrite.ts';
import type { Posted } from './index.ts';
import { posted } from './outcome.ts';

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
  /** The same for a post. */
  post(change: Change): Promise<Posted>;
  counts(): LaneCounts;
  /** Refuses new changes and resolves when all accepted ones are answered. */
  drain(): Promise<void>;
}

/** Largest group. Larger ones gain nothing measurable and make everybody in them wait longer. */
const groupSize = 1000;
/** Changes that may wait in a lane; a second or two of work. Beyond, callers are asked to come back. */
const laneBound = 50_000;
/**
 * While several write at a time, groups of a lane begin so far apart. A group costs half a millisecond of CPU whatever is in
 * it: at 1,000 messages a second in one channel this takes half of that off, for 2 ms more on the way of a message.
 */
const groupsApartMs = 5;
/** How long a group is tried again while the database is away, and how long while this process is stopping. */
const retryMs = 15_000;
const drainMs = 3_000;

/** A group on its way. */
interface Group {
  lane: number;
  /** No other group of this lane has it. */
  id: number;
  changes: readonly Change[];
}

type Results = (Outcome | PlazaError)[];

/**
 * A change goes out at once when its lane is idle, and while one transaction runs the next group gathers, so groups are as
 * large as the load makes them.
 */
export function createLog({ sql, lanes, logger, measured }: LogDeps): Log {
  const server = randomBytes(12).toString('base64url');
  const believed = createBelieved();
  let groups = 0;
  let stopping = false;

  /** Marks the group as committed, in its own transaction; answers a row unless it was. */
  const claim = (of: Sql, { lane, id }: Group) => of`
    insert into commit_groups (lane, last) values (${`${server}/${lane}`}, ${id})
    on conflict (lane) do update set last = excluded.last, committed_at = now() where commit_groups.last <> excluded.last
    returning last`;

  /**
   * Posts into channels that are as this process left them go in one statement, without a lock, a look or a COMMIT of
   * their own. Answers null when the group is none of these, or a channel is not as believed: then nothing was written.
   * @param written told of the results before the statement goes out
   */
  async function post(group: Group, written: (results: Results) => void): Promise<Results | null> {
    const loaded = believed.loaded(group.changes);
    if (loaded === null) return null;
    const decided = decide(group.changes, loaded, Date.now());
    if (decided.written.length < group.changes.length || !decided.written.every(isPlainPost)) return null;
    written(decided.results);
    try {
      await writePosts(sql, claim(sql, group), decided.written, loaded);
    } catch (error) {
      if (overtaken.includes(sqlState(error))) return null;
      throw error;
    }
    believed.keep(loaded);
    return decided.results;
  }

  /**
   * Writes the group, and with it that it was this one. Answers null when it was committed before: then the lane's row
   * says so already. A transaction of which nobody knows is waited for, since it holds that row.
   * @param written told of the results before COMMIT
   */
  async function commit(group: Group, again: boolean, written: (results: Results) => void): Promise<Results | null> {
    const committed = await sql.begin(async (tx) => {
      // First, here as in the next try of a group whose fate nobody knows: then these two do not wait in a ring.
      const claimed = claim(tx, group).execute();
      if (again && (await claimed).length === 0) return null;
      const [, done] = await Promise.all([claimed, writeGroup(tx, group.changes, Date.now())]);
      written(done.results);
      return done;
    });
    if (committed !== null) believed.keep(committed.loaded);
    return committed?.results ?? null;
  }

  /** Commits a group whatever happens on the way; every change gets an outcome or a refusal. */
  async function settle(lane: number, changes: readonly Change[], began = performance.now()): Promise<Results> {
    const group: Group = { lane, id: ++groups, changes };
    let unanswered: Results = [];
    for (let tries = 0; ; tries++) {
      try {
        const tell = (written: Results) => {
          unanswered = written;
        };
        return (tries === 0 ? await post(group, tell) : null) ?? (await commit(group, tries > 0, tell)) ?? unanswered;
      } catch (error) {
        if (!isConnectionLoss(error) && !isConflict(error)) return await divide(lane, changes, error, began);
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
  async function divide(lane: number, changes: readonly Change[], error: unknown, began: number): Promise<Results> {
    if (changes.length > 1 && !isFull(error)) {
      const half = changes.length >> 1;
      return [...(await settle(lane, changes.slice(0, half), began)), ...(await settle(lane, changes.slice(half), began))];
    }
    logger.error({ err: error, channel: changes[0]?.channel }, 'a change could not be written');
    return changes.map(() => refusalFor(error));
  }

  async function run(changes: readonly Change[], lane: number): Promise<Results> {
    const began = performance.now();
    const results = await settle(lane, changes);
    measured?.(changes.length, (performance.now() - began) / 1000);
    return results;
  }

  const work = createLanes<Change, Outcome>({ lanes, groupSize, bound: laneBound, apartMs: groupsApartMs, run });

  return {
    change: (change) => work.add(change.channel, change, asItIs),
    post: (change) => work.add(change.channel, change, posted),
    counts: work.counts,
    async drain() {
      stopping = true;
      await work.drain();
      // Those of servers that were killed go too; whoever lives writes its row anew with its next group.
      await sql`delete from commit_groups where starts_with(lane, ${server}) or committed_at < now() - interval '1 day'`.catch(
        (err: unknown) => logger.warn({ err }, 'the marks of this log stay behind; the next one that stops removes them'),
      );
    },
  };
}

const asItIs = (outcome: Outcome) => outcome;

/** A channel has moved on (division by zero), or a key is there already (unique violation). */
const overtaken = ['22012', '23505'];

const isPlainPost = ({ step }: Written) => step.do === 'post' && step.mentions.length === 0;

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
