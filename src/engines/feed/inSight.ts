import type { Logger } from '../../kit/log.ts';
import type { Pool } from '../postgres/index.ts';
import type { FeedTransaction } from './decoder.ts';
import type { FeedEvent } from './index.ts';
import { untilSeen } from './snapshot.ts';

/** So many transactions are remembered for `seen`: many more than can be between their place on disk and being seen. */
const remembered = 4096;

export interface InSightDeps {
  sql: Pool;
  logger: Logger;
  give(batch: readonly FeedEvent[]): void;
  /** Told when batches begin to wait, and when none does any more. */
  holds(on: boolean): void;
}

/**
 * Gives batches in the order they are taken. One that changes somebody's access is given only once every new query sees
 * it (L9); what comes after it waits behind it. The others can be waited for.
 */
export function createInSight({ sql, logger, give, holds }: InSightDeps) {
  interface Waiting {
    batch: readonly FeedEvent[];
    transaction: FeedTransaction | null;
  }
  /** null: nothing waits. Another list, or none, after `drop`. */
  let waiting: Waiting[] | null = null;
  /** The ids of the last transactions that were given, round and round; how many there were, and how many of them are seen. */
  const ids = new Uint32Array(remembered);
  let given = 0;
  let seenUpTo = 0;
  let looking: Promise<void> | null = null;
  let drops = 0;

  function giveNow(batch: readonly FeedEvent[], transaction: FeedTransaction | null): void {
    if (transaction) ids[given++ % remembered] = transaction.xid;
    give(batch);
  }

  async function look(): Promise<void> {
    const [upTo, mine] = [given, drops];
    const unseen = Array.from({ length: Math.min(upTo - seenUpTo, remembered) }, (_, i) => ids[(upTo - 1 - i) % remembered] ?? 0);
    await untilSeen(sql, unseen, logger, () => drops === mine);
    if (drops === mine) seenUpTo = upTo;
  }

  async function giveInOrder(mine: Waiting[]): Promise<void> {
    for (let next = mine.shift(); next; next = mine.shift()) {
      if (next.transaction && changesAccess(next.transaction)) await untilSeen(sql, [next.transaction.xid], logger, () => waiting === mine);
      if (waiting !== mine) return;
      giveNow(next.batch, next.transaction);
    }
    waiting = null;
    holds(false);
  }

  return {
    /** @param transaction null for a hint */
    take(batch: readonly FeedEvent[], transaction: FeedTransaction | null): void {
      if (waiting) waiting.push({ batch, transaction });
      else if (transaction && changesAccess(transaction)) {
        waiting = [{ batch, transaction }];
        holds(true);
        giveInOrder(waiting).catch((err: unknown) => logger.error({ err }, 'The feed could not be handed on.'));
      } else giveNow(batch, transaction);
    },
    /** Resolves once every new query sees all that was given before. Those who ask meanwhile are one question. */
    async seen(): Promise<void> {
      const upTo = given;
      while (seenUpTo < upTo) {
        looking ??= look().finally(() => {
          looking = null;
        });
        await looking;
      }
    },
    /** What waits is not given any more, and nobody waits for what was given: another database may come back, which never had it. */
    drop(): void {
      waiting = null;
      seenUpTo = given;
      drops++;
    },
  };
}

function changesAccess(transaction: FeedTransaction): boolean {
  return transaction.events.some((event) => event.topic.kind === 'access');
}
