import type { Logger } from '../../kit/log.ts';
import type { Pool } from '../postgres/index.ts';
import type { FeedTransaction } from './decoder.ts';
import type { FeedEvent } from './index.ts';
import { untilSeen } from './snapshot.ts';

export interface InSightDeps {
  sql: Pool;
  logger: Logger;
  give(batch: readonly FeedEvent[]): void;
  /** Told when batches begin to wait, and when none does any more. */
  holds(on: boolean): void;
}

/**
 * Gives batches in the order they are taken. One that changes somebody's access is given only once every new query sees
 * it (L9); what comes after it waits behind it.
 */
export function createInSight({ sql, logger, give, holds }: InSightDeps) {
  interface Waiting {
    batch: readonly FeedEvent[];
    transaction: FeedTransaction | null;
  }
  /** null: nothing waits. Another list, or none, after `drop`. */
  let waiting: Waiting[] | null = null;

  async function giveInOrder(mine: Waiting[]): Promise<void> {
    for (let next = mine.shift(); next; next = mine.shift()) {
      if (next.transaction && changesAccess(next.transaction)) await untilSeen(sql, next.transaction.xid, logger, () => waiting === mine);
      if (waiting !== mine) return;
      give(next.batch);
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
      } else give(batch);
    },
    /** What waits is not given any more. */
    drop(): void {
      waiting = null;
    },
  };
}

function changesAccess(transaction: FeedTransaction): boolean {
  return transaction.events.some((event) => event.topic.kind === 'access');
}
