import { topicPrefix } from '../../../contracts/events.ts';
import type { Pool, Transaction } from '../postgres/index.ts';
import type { FeedTransaction } from './decoder.ts';
import type { FeedEvent } from './index.ts';
import { formatLsn, type Lsn, parseLsn } from './lsn.ts';
import { parseSnapshot, sees } from './snapshot.ts';

/** What a durable reader does with events; its effects and the reader's position commit together. */
export type Handle = (tx: Transaction, events: readonly FeedEvent[]) => Promise<void>;

/** Where the reader stands: the place behind the last transaction it has handled; null: nowhere yet. */
export async function positionOf(sql: Pool, reader: string): Promise<Lsn | null> {
  const [row] = await sql<{ lsn: string }[]>`select lsn::text as lsn from feed_positions where reader = ${reader}`;
  return row ? parseLsn(row.lsn) : null;
}

export async function forgetPosition(sql: Pool, reader: string): Promise<void> {
  await sql`delete from feed_positions where reader = ${reader}`;
}

/** The first position on a new slot, in one transaction with what the reader does to begin anew. */
export async function beginAt(sql: Pool, reader: string, lsn: Lsn, restart: (tx: Transaction) => Promise<void>): Promise<void> {
  await sql.begin(async (tx) => {
    await restart(tx);
    await tx`
      insert into feed_positions (reader, lsn) values (${reader}, ${formatLsn(lsn)}::pg_lsn)
      on conflict (reader) do update set lsn = excluded.lsn, moved_at = now()`;
  });
}

/** What the events tell of is on disk but other sessions do not see it yet: to be tried again in a moment. */
export class NotSeenYet extends Error {
  override readonly name = 'NotSeenYet';
}

/** The reader has no position any more: it must look for its place again. */
export class PositionGone extends Error {
  override readonly name = 'PositionGone';
}

/**
 * Handles source transactions in one transaction, each exactly once: the position's lock keeps another process out,
 * and what an earlier try did commit although its answer was lost is not handled again.
 */
export async function apply(sql: Pool, reader: string, transactions: readonly FeedTransaction[], handle: Handle): Promise<void> {
  await sql.begin(async (tx) => {
    const rest = await notYetHandled(tx, reader, transactions);
    const last = rest.at(-1);
    if (!last) return;
    await handle(
      tx,
      rest.flatMap((transaction) => transaction.events),
    );
    await moveTo(tx, reader, last.end);
  });
}

/** Keeps a transaction that cannot be handled and goes on behind it. */
export async function bury(sql: Pool, reader: string, transaction: FeedTransaction, error: unknown): Promise<void> {
  await sql.begin(async (tx) => {
    if ((await notYetHandled(tx, reader, [transaction])).length === 0) return;
    for (const [place, event] of transaction.events.entries()) {
      await tx`
        insert into feed_dead_letters (reader, lsn, place, prefix, content, error)
        values (${reader}, ${formatLsn(transaction.end)}::pg_lsn, ${place}, ${topicPrefix(event.topic)}, ${event.bytes}, ${String(error)})
        on conflict do nothing`;
    }
    await moveTo(tx, reader, transaction.end);
  });
}

async function notYetHandled(
  tx: Transaction,
  reader: string,
  transactions: readonly FeedTransaction[],
): Promise<readonly FeedTransaction[]> {
  const [row] = await tx<{ lsn: string; snapshot: string }[]>`
    select lsn::text as lsn, pg_current_snapshot()::text as snapshot from feed_positions where reader = ${reader} for update`;
  if (!row) throw new PositionGone('The position of the reader is gone; it begins anew.');
  const position = parseLsn(row.lsn);
  const rest = transactions.filter((transaction) => transaction.commit >= position);
  const snapshot = parseSnapshot(row.snapshot);
  if (!rest.every((transaction) => sees(snapshot, transaction.xid))) throw new NotSeenYet('The events are on disk but cannot be seen yet.');
  return rest;
}

async function moveTo(tx: Transaction, reader: string, lsn: Lsn): Promise<void> {
  await tx`update feed_positions set lsn = ${formatLsn(lsn)}::pg_lsn, moved_at = now() where reader = ${reader}`;
}
