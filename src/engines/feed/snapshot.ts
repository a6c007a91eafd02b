import type { Logger } from '../../kit/log.ts';
import type { Sql } from '../postgres/index.ts';

/** What `pg_current_snapshot()` tells: which transactions a query that begins now can see. Ids by their low 32 bits. */
export interface Snapshot {
  /** The first id not yet seen. */
  next: number;
  running: ReadonlySet<number>;
}

/** PostgreSQL writes `oldest:next:running,running,…` in 64-bit ids. */
export function parseSnapshot(text: string): Snapshot {
  const [, next = '', running = ''] = text.split(':');
  const low = (id: string) => Number(BigInt(id) & 0xffffffffn);
  return { next: low(next), running: new Set(running === '' ? [] : running.split(',').map(low)) };
}

/**
 * True when a query with this snapshot sees what the transaction wrote. The log is read as soon as it is on disk, a
 * moment before (with synchronous replication: long before) other sessions see the commit.
 */
export function sees(snapshot: Snapshot, xid: number): boolean {
  // Ids go round; the difference as a signed 32-bit number tells before from after.
  return ((xid - snapshot.next) | 0) < 0 && !snapshot.running.has(xid);
}

/** Waits until every new query sees these transactions, or nobody cares any more. */
export async function untilSeen(sql: Sql, xids: readonly number[], logger: Logger, caring: () => boolean): Promise<void> {
  for (let tries = 0; caring(); tries++) {
    try {
      const [row] = await sql<{ snapshot: string }[]>`select pg_current_snapshot()::text as snapshot`;
      const snapshot = row && parseSnapshot(row.snapshot);
      const unseen = xids.filter((xid) => !snapshot || !sees(snapshot, xid));
      if (unseen.length === 0) return;
      if (tries === 100) logger.warn({ unseen }, 'What was heard is on disk but cannot be seen yet; it is waited for.');
    } catch (err) {
      logger.debug({ err }, 'The snapshot could not be asked for.');
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, 1 + tries)));
  }
}
