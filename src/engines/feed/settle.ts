import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import type { Logger } from '../../kit/log.ts';
import { type Pool, sqlState } from '../postgres/index.ts';
import { apply, bury, type Handle, NotSeenYet, PositionGone } from './apply.ts';
import type { FeedTransaction } from './decoder.ts';
import { formatLsn } from './lsn.ts';
import { pauseFor } from './supervise.ts';

export interface SettleDeps {
  sql: Pool;
  reader: string;
  handle: Handle;
  logger: Logger;
  /** How often `handle` is asked about a batch before it is taken apart. */
  tries: number;
  /** Pause after the first failed try; it doubles with each, up to five seconds. */
  retryMillis: number;
  handled(events: number): void;
  failed(): void;
  buried(): void;
}

/**
 * Sees batches through: tries, tries again, then takes a batch apart down to the one transaction that cannot be
 * handled, and buries that. What says nothing about the events (database away, deadlock, disk full) is tried until
 * the signal aborts.
 * @returns of the answer: false if it was given up because of the signal
 * @throws of the answer: PositionGone
 */
export function settle(deps: SettleDeps) {
  const { sql, reader, handle, logger, retryMillis } = deps;

  return async function settleBatch(batch: readonly FeedTransaction[], signal: AbortSignal, tries = deps.tries): Promise<boolean> {
    const [first] = batch;
    if (!first) return true;
    const events = batch.reduce((sum, transaction) => sum + transaction.events.length, 0);
    let reason: unknown = null;
    let unseen = 0;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (reason) {
          await bury(sql, reader, first, reason);
          deps.buried();
          logger.error(
            { err: reason, lsn: formatLsn(first.end), events },
            'A transaction cannot be handled; it is kept in feed_dead_letters and passed over.',
          );
        } else {
          await apply(sql, reader, batch, handle);
          deps.handled(events);
        }
        return true;
      } catch (err) {
        if (err instanceof PositionGone) throw err;
        if (err instanceof NotSeenYet) {
          await pauseFor(Math.min(50, ++unseen), signal);
          continue;
        }
        failures++;
        deps.failed();
        logger.warn({ err, events, failures }, 'A batch of the feed could not be handled.');
        if (!saysNothingOfEvents(err) && failures >= tries && !reason) {
          if (batch.length > 1) {
            const middle = Math.ceil(batch.length / 2);
            return (await settleBatch(batch.slice(0, middle), signal, 1)) && settleBatch(batch.slice(middle), signal, 1);
          }
          reason = err;
        } else await pauseFor(Math.min(5_000, retryMillis * 2 ** (failures - 1)), signal);
      }
    }
    return false;
  };
}

/** Conditions of the server or of other sessions: 40 deadlock, 53 resources, 55P03 lock timeout, 57 operator. */
function saysNothingOfEvents(error: unknown): boolean {
  return isConnectionLoss(error) || /^(40|53|55P03|57)/.test(sqlState(error));
}
